/* scene.c - chooses phones and moment, and plays the events up to it. */
#include "netns/report/scene.h"

#include <string.h>

static uint64_t file_bytes(const struct results *r, const struct hierarchy *h)
{
    const struct fetch_count *f = results_fetches(r, h);
    return f ? f->bytes : 0;
}

/* The one with most members; among equals that of the largest file, as it takes longest. */
static const struct hierarchy *largest(const struct results *r)
{
    const struct hierarchy *best = NULL;
    for (size_t i = 0; i < r->hierarchy_count; i++) {
        const struct hierarchy *h = &r->hierarchies[i];
        if (!best || h->members > best->members ||
            (h->members == best->members && file_bytes(r, h) > file_bytes(r, best)))
            best = h;
    }
    return best;
}

void scene_choose(const struct run_set *set, struct scene *scene)
{
    const struct results *r = set->run[set->count - 1];
    const struct hierarchy *h = largest(r);
    *scene = (struct scene){.file = h ? h->file : NULL};
    for (uint32_t depth = 1; h && depth <= h->depth; depth++)
        for (size_t i = 0; i < h->members && scene->count < SCENE_PHONES; i++)
            if (h->nodes[i].depth == depth)
                scene->phone[scene->count++] = h->nodes[i].phone;
    for (size_t i = 0; !h && i < r->plan->count && scene->count < SCENE_PHONES; i++)
        scene->phone[scene->count++] = (uint32_t)i;
}

static long place(const struct scene *scene, const struct eventlog_line *line)
{
    for (size_t i = 0; i < scene->count; i++)
        if (scene->phone[i] == line->phone)
            return (long)i;
    return -1;
}

/* How well a screen event suits: 0 not at all, 1 at need, 2 wanted. */
static int suits(const struct scene *scene, const struct eventlog_line *line)
{
    if (line->event != EVENT_SCREEN || place(scene, line) < 0 || !line->file[0])
        return 0;
    bool below = place(scene, line) > 0 || scene->count == 1;
    bool file = !scene->file || strcmp(scene->file, line->file) == 0;
    return below && file && line->box == BOX_DOWNL && line->kb > 0 ? 2 : 1;
}

/* The middle one of the best-suited events; NULL when there is none. */
static const struct eventlog_line *middle(const struct eventlog *log, const struct scene *scene)
{
    size_t count[3] = {0};
    for (size_t i = 0; i < log->count; i++)
        count[suits(scene, &log->lines[i])]++;
    int wanted = count[2] ? 2 : 1;
    size_t left = count[wanted] / 2;
    for (size_t i = 0; i < log->count; i++)
        if (suits(scene, &log->lines[i]) == wanted && left-- == 0)
            return &log->lines[i];
    return NULL;
}

bool scene_look(const struct results *r, const struct scene *scene,
                struct scene_screen screens[SCENE_PHONES], uint64_t *at_us)
{
    const struct eventlog_line *moment = middle(r->events, scene);
    if (!moment)
        return false;
    memset(screens, 0, SCENE_PHONES * sizeof *screens);
    for (const struct eventlog_line *line = r->events->lines; line <= moment; line++) {
        long i = place(scene, line);
        if (i >= 0 && line->event == EVENT_SCREEN)
            screens[i] = (struct scene_screen){line->file[0] ? line->file : NULL, line->kb,
                                               line->percent, line->box, line->icon};
    }
    *at_us = moment->t_us;
    return true;
}
