#include "report/html_page.h"

#include <stddef.h>

/* Made from the files of that name: a string for each line. */
const char *const html_page[] = {
#include "page.html.inc"
    NULL};
const char *const html_style[] = {
#include "style.css.inc"
    NULL};
const char *const html_script[] = {
#include "script.js.inc"
    NULL};
