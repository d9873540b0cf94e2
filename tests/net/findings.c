/* findings.c - the table of findings as text, for tests/net/remedies.py: a line for each row, its
 * number, name, severity and remedy behind tabs.
 */
#include "netns/text/finding.h"

#include <stdio.h>

int main(void)
{
    static const char *const ids[] = {
#define X(id, ...) #id,
        FINDINGS(X)
#undef X
    };
    for (int i = 0; i < FINDING_COUNT; i++)
        printf("%s\t%s\t%s\t%s\n", ids[i], finding_rules[i].name,
               finding_rules[i].severity == SEVERITY_WARNING ? "warning" : "error",
               finding_rules[i].remedy);
    return 0;
}
