/* SPDX-License-Identifier: BSD-2-Clause */
/* What parsers mark is translated elsewhere: nothing of gettext is called. */
