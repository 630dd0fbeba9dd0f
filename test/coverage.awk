# SPDX-License-Identifier: MIT
#
# Makes one line a file of gcov's summary: percent, lines run, lines, name; and
# one for all. Headers count where the files that include them are.

/^File / { split($0, part, "'"); name = part[2] }
/^Lines executed:/ && name ~ /^(mm|efi|arch)\/.*\.c$/ {
	split($0, part, /[:% ]+/)
	run = part[3] * part[5] / 100
	printf "%6.2f %%  %5d of %5d  %s\n", part[3], run + 0.5, part[5], name
	total_run += run
	total += part[5]
	name = "" # gcov ends with a sum of its own
}

END {
	if (total)
		printf "%6.2f %%  %5d of %5d  in all\n", 100 * total_run / total, total_run, total
}
