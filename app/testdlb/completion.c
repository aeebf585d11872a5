/* SPDX-License-Identifier: BSD-3-Clause */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "command.h"
#include "completion.h"
#include "options.h"

#define STATUS_UNUSABLE 2
#define LICENCE "# SPDX-License-Identifier: BSD-3-Clause\n"

static void
options_print(const char *format)
{
	const struct option_row *row;

	for (row = option_rows; row->name != NULL; row++)
		printf(format, row->name);
}

static void
commands_print(const char *format)
{
	const struct command *command;
	uint32_t f;

	for (f = 0; command_families[f] != NULL; f++) {
		for (command = command_families[f]->commands; command->words != NULL; command++)
			printf(format, command->words);
	}
}

static void
bash_print(void)
{
	puts(LICENCE
	     "# bash completion of dpdk-testdlb; 'dpdk-testdlb completion bash' made it.\n"
	     "_dpdk_testdlb() {\n"
	     "\tlocal word=${COMP_WORDS[COMP_CWORD]} before=${COMP_WORDS[COMP_CWORD-1]}\n"
	     "\tlocal IFS=$'\\n'\n"
	     "\tCOMPREPLY=()\n"
	     "\tcase $before in\n"
	     "\t--config|--cmdline-file) COMPREPLY=($(compgen -f -- \"$word\")); return ;;\n"
	     "\t-e|--execute)");
	puts("\t\tCOMPREPLY=($(compgen -W \"$_dpdk_testdlb_commands\" -- \"${word//[\\\\\\\"\\']}\"))\n"
	     "\t\tCOMPREPLY=(\"${COMPREPLY[@]// /\\\\ }\")\n"
	     "\t\treturn ;;\n"
	     "\tcompletion) COMPREPLY=($(compgen -W $'bash\\nzsh' -- \"$word\")); return ;;\n"
	     "\tesac\n"
	     "\tif [ \"$COMP_CWORD\" -eq 1 ] && [ \"${word#-}\" = \"$word\" ]; then\n"
	     "\t\tCOMPREPLY=($(compgen -W $'doctor\\ntop\\ncompletion' -- \"$word\"))\n"
	     "\t\treturn\n"
	     "\tfi\n"
	     "\tCOMPREPLY=($(compgen -W \"$_dpdk_testdlb_options\" -- \"$word\"))\n"
	     "}");
	fputs("_dpdk_testdlb_options='", stdout);
	options_print("--%s\n");
	fputs("'\n_dpdk_testdlb_commands='", stdout);
	commands_print("%s\n");
	puts("'\ncomplete -F _dpdk_testdlb dpdk-testdlb");
}

/* In zsh's specifications colons and brackets have a meaning. */
static void
zsh_option_print(const struct option_row *row)
{
	const char *kind = "";

	if (row->argument != NULL && strcmp(row->argument, "FILE") == 0)
		kind = ":file:_files";
	else if (row->argument != NULL && strcmp(row->argument, "COMMAND") == 0)
		kind = ":command:_dpdk_testdlb_commands";
	else if (row->argument != NULL)
		kind = ":value:";
	printf("\t'*--%s[%.*s]%s' \\\n", row->name, (int)strcspn(row->help, ":;"), row->help, kind);
}

static void
zsh_print(void)
{
	const struct option_row *row;

	puts("#compdef dpdk-testdlb\n" LICENCE
	     "# zsh completion of dpdk-testdlb; 'dpdk-testdlb completion zsh' made it.");
	puts("_dpdk_testdlb_commands() {\n\tlocal -a commands=(");
	commands_print("\t\t'%s'\n");
	puts("\t)\n\tcompadd -a commands\n}");
	puts("_arguments \\");
	for (row = option_rows; row->name != NULL; row++)
		zsh_option_print(row);
	puts("\t'1::tool:(doctor top completion)'");
}

int
completion_main(int argc, char *argv[])
{
	if (argc == 2 && strcmp(argv[1], "bash") == 0) {
		bash_print();
		return EXIT_SUCCESS;
	}
	if (argc == 2 && strcmp(argv[1], "zsh") == 0) {
		zsh_print();
		return EXIT_SUCCESS;
	}
	fputs("usage: dpdk-testdlb completion bash|zsh\n", stderr);
	return STATUS_UNUSABLE;
}
