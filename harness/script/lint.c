/* Checks over a compiled script: what each step alone does not show. */
#include "script/compile.h"

void lint_walk(struct compiler *compiler, const struct step *step,
               void (*see)(struct compiler *compiler, const struct step *step))
{
    see(compiler, step);
    for (size_t i = 0; i < step->child_count; i++)
        lint_walk(compiler, step->children[i], see);
}

void lint_script(struct compiler *compiler)
{
    const struct script *script = compiler->script;

    if (!script->exclusive) {
        lint_walk(compiler, script->given, lint_topics);
        lint_walk(compiler, script->steps, lint_topics);
    }
    lint_walk(compiler, script->given, lint_order);
    lint_walk(compiler, script->steps, lint_order);
    lint_sends(compiler);
}
