/* screen.c - the upgrade screen as a record; what each call means stands in screen.h. */
#include "emu/core/screen.h"

#include <stdio.h>
#include <string.h>

void screen_clear(struct screen *s)
{
    *s = (struct screen){0};
}

void screen_upgrade(struct screen *s, bool pfs_icon)
{
    screen_clear(s);
    snprintf(s->title, sizeof s->title, "Upgrading");
    s->icon = pfs_icon;
}

void screen_list(struct screen *s, size_t count)
{
    s->boxes = (uint8_t)(count < SCREEN_BOXES ? count : SCREEN_BOXES);
    for (size_t i = 0; i < SCREEN_BOXES; i++)
        s->box[i] = i < s->boxes ? BOX_WAIT : BOX_BLANK;
}

void screen_file(struct screen *s, int box, const char *name)
{
    snprintf(s->component, sizeof s->component, "%s", name);
    s->kb = 0;
    s->percent = 0;
    screen_box(s, box, BOX_NETWK);
}

void screen_box(struct screen *s, int box, enum screen_box to)
{
    if (box >= 0 && box < s->boxes)
        s->box[box] = (uint8_t)to;
}

void screen_progress(struct screen *s, uint64_t bytes, uint64_t total)
{
    s->kb = (uint32_t)(bytes / 1024);
    if (bytes < total)
        s->percent = (uint8_t)((double)bytes / (double)total * 100);
    else
        s->percent = total ? 100 : 0;
}

void screen_whole(struct screen *s, uint64_t bytes)
{
    s->kb = (uint32_t)(bytes / 1024);
    s->percent = 100;
}

void screen_failed(struct screen *s, int box, const char *text)
{
    snprintf(s->title, sizeof s->title, "%s", text);
    s->icon = 0;
    screen_box(s, box, BOX_ERROR);
}
