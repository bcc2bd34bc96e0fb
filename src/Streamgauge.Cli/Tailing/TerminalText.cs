using System.Globalization;
using System.Text;

namespace Streamgauge.Cli;

/// <summary>Text of strangers, made harmless for a terminal: what could move the cursor, change the order of letters or end a line is spelled out.</summary>
internal static class TerminalText
{
    public static string Of(string text)
    {
        StringBuilder? result = null;
        var at = 0;
        foreach (var rune in text.EnumerateRunes())
        {
            var isHarmful = Rune.GetUnicodeCategory(rune) is UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.LineSeparator
                or UnicodeCategory.ParagraphSeparator or UnicodeCategory.PrivateUse or UnicodeCategory.OtherNotAssigned;
            if (isHarmful) result ??= new StringBuilder(text, 0, at, text.Length + 8);
            if (isHarmful) result!.Append(CultureInfo.InvariantCulture, $"\\u{{{rune.Value:x}}}");
            else result?.Append(rune.ToString());
            at += rune.Utf16SequenceLength;
        }

        return result?.ToString() ?? text;
    }
}
