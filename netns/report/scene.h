/* scene.h - four phones' screens at one moment in mid-upgrade, as the vendor's documents set
 * them side by side.
 *
 * The phones are the top of the largest hierarchy of the PFS run (root, its children, the first
 * below them), the same four in both modes. The moment is, by one rule for both modes, the
 * middle one of the screen events in which those below the root download that hierarchy's file.
 */
#ifndef SCENE_H
#define SCENE_H

#include "netns/judge/figures.h"

#define SCENE_PHONES 4

struct scene {
    const char *file;              /* NULL: none was shared; any file will do */
    uint32_t phone[SCENE_PHONES];  /* indices in the plan */
    size_t count;
};

struct scene_screen {
    const char *component;         /* NULL: no upgrade screen yet */
    uint32_t kb;
    uint8_t percent, box, icon;
};

void scene_choose(const struct run_set *set, struct scene *scene);
/* Fills screens[i] for scene->phone[i] and *at_us, the emulated moment; false when the run has no
 * screens to show. */
bool scene_look(const struct results *r, const struct scene *scene,
                struct scene_screen screens[SCENE_PHONES], uint64_t *at_us);

#endif
