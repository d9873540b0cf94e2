/* version.h - what this is, in words that its files and --version share. */
#ifndef VERSION_H
#define VERSION_H

#define FLEET_VERSION "fleet 0.1"

#endif
