/* fleetread.c - what the parser says of fleet files: a line for each, "accepted FILE" or "refused
 * FILE", and before it what was said of it, each line behind a tab.
 *
 *   fleetread ROOT FILE...
 */
#include "netns/fleet/fleetread.h"

#include <stdio.h>
#include <unistd.h>

static void show(FILE *said)
{
    char line[4096];
    rewind(said);
    while (fgets(line, sizeof line, said))
        printf("\t%s", line);
}

int main(int argc, char **argv)
{
    for (int i = 2; i < argc; i++) {
        FILE *said = tmpfile();
        if (!said || dup2(fileno(said), 2) < 0)
            return 3;
        struct fleet *fleet = fleet_read(argv[i], argv[1], NULL);
        fflush(stderr);
        show(said);
        printf("%s %s\n", fleet ? "accepted" : "refused", argv[i]);
        fleet_free(fleet);
        fclose(said);
    }
    return argc > 2 ? 0 : 2;
}
