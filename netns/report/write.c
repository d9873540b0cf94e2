/* write.c - see write.h. */
#include "netns/report/write.h"
#include "netns/report/junit.h"
#include "netns/report/managerjson.h"
#include "netns/report/report.h"
#include "netns/report/summary.h"
#include "netns/text/outfile.h"

/* All files of one directory, or none: what there is of a verdict is not half of one. */
int write_runs(const struct run_set *set, const char *out_dir, const char *junit_path)
{
    bool one = set->count == 1;
    const struct {
        const char *dir, *name;
        outfile_body *body;
    } files[] = {
        {out_dir, one ? "summary.json" : "compare.json", one ? summary_body : compare_body},
        {out_dir, "report.html", report_body},
        {junit_path ? NULL : out_dir, junit_path ? junit_path : "junit.xml", junit_body},
        {out_dir, "callmanager.json", managerjson_body}, /* last: there may be none */
    };
    bool listed = one && set->run[0]->facts.manager;
    int err = 0;
    size_t written = 0, count = sizeof files / sizeof *files - !listed;
    for (; !err && written < count; written++)
        err = outfile_write(files[written].dir, files[written].name, files[written].body, set);
    while (err && written--)
        outfile_remove(files[written].dir, files[written].name);
    return err;
}

int write_run(const struct results *r, const char *out_dir, const char *junit_path)
{
    return write_runs(&(struct run_set){{r}, 1}, out_dir, junit_path);
}
