/* netns.h - network namespaces, by their descriptors: in, out, and new ones. */
#ifndef NETNS_H
#define NETNS_H

/* A descriptor of the one that the caller is in, close-on-exec; or a negative errno. */
int netns_here(void);
/* Makes a new one, with nothing in it that is up, and stays in it: as netns_here(). */
int netns_new(void);
/* Moves the calling process into one, for good: 0 or a negative errno. */
int netns_enter(int ns);

/* The same for a while: what netns_leave() needs to come back, or a negative errno. */
int netns_visit(int ns);
/* Back to where a visit, or netns_here(), began; back is closed, one below 0 does nothing. Returns
 * rc, which is what has come of it, or a negative errno after a message where there is no way. */
int netns_leave(int back, int rc);

#endif
