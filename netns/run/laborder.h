/* laborder.h - the verbs that do something to a lab's phones, WAN or server. */
#ifndef LABORDER_H
#define LABORDER_H

/* Does to the lab what an entry of `faults` would, now. verb: "phone", with any selector, or "wan"
 * or "server", with NULL; words: those of the command behind it. An exit code; name as in labctl.h.
 */
int lab_fault(const char *name, const char *verb, const char *phone, char **words);

#endif
