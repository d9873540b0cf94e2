/* fleet.c - see fleet.h. */
#include "netns/fleet.h"
#include "netns/say.h"

#include <err.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void fleet_free(struct fleet *fleet)
{
    if (!fleet)
        return;
    doc_free(fleet->document);
    doc_free(fleet->pristine);
    free(fleet->profiles);
    free(fleet->models);
    free(fleet->groups);
    free(fleet->set);
    free(fleet->expects);
    free(fleet->subnets);
    free(fleet->without.items);
    free(fleet->damage.items);
    free(fleet->faults);
    free((char *)fleet->firmware);
    free((char *)fleet->key);
    free(fleet);
}

void fleet_complain(const struct fleet *fleet, const char *path, const char *format, ...)
{
    char *text;
    va_list args;
    va_start(args, format);
    if (vasprintf(&text, format, args) < 0)
        err(3, "fleet file");
    va_end(args);
    if (fleet->document)
        doc_complain(doc_locate(fleet->document, path), "%s", text);
    else
        say_at(fleet->origin ? fleet->origin : "fleet", "%s", text);
    free(text);
}

char *fleet_place(const struct fleet *fleet, const char *path)
{
    return fleet->document ? doc_place(doc_locate(fleet->document, path))
                           : strdup(fleet->origin ? fleet->origin : "fleet");
}

void fleet_tell(struct findings *found, enum finding_kind kind, const struct fleet *fleet,
                const char *path, const struct finding_words *words, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    finding_take(found, kind, fleet_place(fleet, path), words, format, args);
    va_end(args);
}
