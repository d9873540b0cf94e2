/* write.c - see write.h. */
#include "netns/report/write.h"
#include "netns/report/junit.h"
#include "netns/text/outfile.h"
#include "netns/report/report.h"
#include "netns/report/summary.h"

/* All files of one directory; the first error counts, the others are still tried. */
int write_runs(const struct run_set *set, const char *out_dir, const char *junit_path)
{
    bool one = set->count == 1;
    int errors[] = {
        outfile_write(out_dir, one ? "summary.json" : "compare.json",
                      one ? summary_body : compare_body, set),
        outfile_write(out_dir, "report.html", report_body, set),
        outfile_write(junit_path ? NULL : out_dir, junit_path ? junit_path : "junit.xml",
                      junit_body, set),
    };
    for (size_t i = 0; i < sizeof errors / sizeof *errors; i++)
        if (errors[i])
            return errors[i];
    return 0;
}

int write_run(const struct results *r, const char *out_dir, const char *junit_path)
{
    return write_runs(&(struct run_set){{r}, 1}, out_dir, junit_path);
}
