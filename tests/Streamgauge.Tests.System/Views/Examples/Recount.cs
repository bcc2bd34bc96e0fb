namespace Streamgauge.Tests.System;

/// <summary>Numbers about a file of events, computed by awk, sort and uniq.</summary>
/// <param name="file">CSV or NDJSON.</param>
/// <param name="reading">Awk that defines <c>f(name)</c>, the text of a field, and <c>ts()</c>, its time in milliseconds; and skips what is no event.</param>
internal sealed class Recount(string file, string reading)
{
    // A line per event and per row it belongs to: row, number, text. Rows are "start;group", "all;group" and "*".
    private const string Rows = """
        rows() { awk -v from="$2" -v to="$3" -v every="$4" "$5"'
          function row(r) { print r "\t" NUMBER "\t" TEXT }
          { if (!(FILTER)) next; t = ts(); if (t < from || t >= to) next
            if (every > 0) row(sprintf("%.0f", t - t % every) ";" GROUP); row("all;" GROUP); row("*") }' "$1"; }
        """;

    private const string OrderedByNumber = "sort -t'\t' -k1,1 -k2,2n";

    /// <param name="filter">Awk: which events are in it.</param>
    /// <param name="group">Awk: the group's values with <c>;</c> between.</param>
    /// <param name="everyMs">Length of the points; 0 for totals alone.</param>
    public async Task<Figures> CountAsync(string filter, string group, long fromMs, long toMs, long everyMs, IEnumerable<string> measures)
    {
        var figures = new Figures();
        foreach (var measure in measures)
        {
            var open = measure.IndexOf('(');
            var (kind, field) = open < 0 ? (measure, "") : (measure[..open], measure[(open + 1)..^1]);
            var takesText = kind is "count" or "unique";
            var has = takesText && field.Length == 0 ? "1" : takesText ? $"f(\"{field}\") != \"\"" : $"f(\"{field}\") ~ /^[-+]?[0-9]+([.][0-9]+)?$/";
            var number = takesText ? "0" : $"sprintf(\"%.0f\", f(\"{field}\") * 1000000)";
            var text = takesText && field.Length > 0 ? $"f(\"{field}\")" : "\"\"";
            var rows = Rows.Replace("FILTER", $"({filter}) && ({has})", StringComparison.Ordinal).Replace("GROUP", group, StringComparison.Ordinal)
                .Replace("NUMBER", number, StringComparison.Ordinal).Replace("TEXT", text, StringComparison.Ordinal);
            var output = await Bash.RunAsync($"{rows}\nrows \"$@\" | {PipeOf(kind)}", file, fromMs.ToString(), toMs.ToString(), everyMs.ToString(), reading);
            figures.Add(measure, output);
        }

        return figures;
    }

    private static string PipeOf(string kind) => kind switch
    {
        "count" => "cut -f1 | sort | uniq -c | sed -E 's/^ *([0-9]+) (.*)$/\\2\\t\\1/'",
        "unique" => "cut -f1,3 | sort -u | cut -f1 | uniq -c | sed -E 's/^ *([0-9]+) (.*)$/\\2\\t\\1/'",
        "sum" => """awk -F'\t' '{ s[$1] += $2 } END { for (r in s) printf "%s\t%.6f\n", r, s[r] / 1000000 }'""",
        "avg" => """awk -F'\t' '{ s[$1] += $2; n[$1]++ } END { for (r in s) { a = s[r] < 0 ? -s[r] : s[r]; a = int((2 * a + n[r]) / (2 * n[r])); printf "%s\t%.6f\n", r, (s[r] < 0 ? -a : a) / 1000000 } }'""",
        "min" => OrderedByNumber + """ | awk -F'\t' '$1 != last { printf "%s\t%.6f\n", $1, $2 / 1000000 } { last = $1 }'""",
        "max" => OrderedByNumber + """ | awk -F'\t' 'NR > 1 && $1 != last { print line } { last = $1; line = sprintf("%s\t%.6f", $1, $2 / 1000000) } END { if (NR) print line }'""",
        _ => OrderedByNumber + $$""" | awk -F'\t' -v hundredths={{kind[1..]}} '{ v[$1, ++n[$1]] = $2 } END { for (r in n) printf "%s\t%.6f\n", r, v[r, int((n[r] * hundredths + 99) / 100)] / 1000000 }'""",
    };
}
