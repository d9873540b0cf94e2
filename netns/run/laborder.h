/* laborder.h - the verbs that do something to a lab's phones, WAN or server. */
#ifndef LABORDER_H
#define LABORDER_H

/* Does to the lab what an entry of `faults` would, now. verb: "phone" or "cm", with any selector,
 * or "wan" or "server", with NULL; words: those of the command behind it. An exit code; name as in
 * labctl.h. */
int lab_fault(const char *name, const char *verb, const char *phone, char **words);
/* The same by its call manager, or to it: a deed, phones where it has some, settings, NULL. */
int lab_cm_order(const char *name, char **words);

#endif
