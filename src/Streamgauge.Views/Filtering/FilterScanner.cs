using System.Globalization;
using System.Text;
using Streamgauge.Events;

namespace Streamgauge.Views;

/// <summary>Cuts a filter into words.</summary>
internal sealed class FilterScanner(string text)
{
    // Holds any time in milliseconds; in millionths it still is a long.
    private const long NumberMax = 9_000_000_000_000;
    private const int DecimalsMax = 6;

    private int _at;

    public FilterToken Next()
    {
        while (_at < text.Length && char.IsWhiteSpace(text[_at])) _at++;
        var start = _at;
        if (start == text.Length) return new FilterToken(FilterTokenKind.End, start, "");
        var c = text[start];
        if (FieldRules.IsNameStart(c)) return new FilterToken(FilterTokenKind.Word, start, TakeWord());
        if (char.IsAsciiDigit(c) || (c == '-' && start + 1 < text.Length && char.IsAsciiDigit(text[start + 1]))) return Number();
        if (c is '\'' or '"') return QuotedText(c);
        if (FilterOperators.TryRead(text.AsSpan(start), out var comparison, out var length))
        {
            _at += length;
            return new FilterToken(FilterTokenKind.Comparison, start, text[start.._at], Operator: comparison);
        }

        _at++;
        return c switch
        {
            '(' => new FilterToken(FilterTokenKind.Open, start, "("),
            ')' => new FilterToken(FilterTokenKind.Close, start, ")"),
            ',' => new FilterToken(FilterTokenKind.Comma, start, ","),
            '=' => Mistake(start, "found '='; equality is written '=='"),
            '!' => Mistake(start, "found '!'; negation is written 'not', inequality '!='"),
            '&' => Mistake(start, "found '&'; it is written 'and'"),
            '|' => Mistake(start, "found '|'; it is written 'or'"),
            _ => Mistake(start, $"found '{c}'; a field name has {FieldRules.Allowed}"),
        };
    }

    private string TakeWord()
    {
        var start = _at;
        while (_at < text.Length && FieldRules.IsNameChar(text[_at])) _at++;
        return text[start.._at];
    }

    private FilterToken Number()
    {
        var start = _at++;
        var word = text[start] + TakeWord(); // all that sticks together, so that the whole of 1e5 is named as the mistake
        var digits = word.TrimStart('-');
        var point = digits.IndexOf('.', StringComparison.Ordinal);
        var decimals = point < 0 ? 0 : digits.Length - point - 1;
        var isPlain = digits.All(c => char.IsAsciiDigit(c) || c == '.') && digits[^1] != '.' && decimals <= DecimalsMax;
        if (!isPlain || !decimal.TryParse(word, NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number))
            return Mistake(start, $"'{word}' is no plain decimal number: digits, and up to {DecimalsMax} decimals after a point");
        if (Math.Abs(number) > NumberMax) return Mistake(start, $"'{word}' is beyond {NumberMax:N0}");
        return new FilterToken(FilterTokenKind.Number, start, word, Micros: (long)(number * FixedPoint.MicrosPerUnit));
    }

    private FilterToken QuotedText(char quote)
    {
        var start = _at;
        var content = new StringBuilder();
        for (_at++; _at < text.Length; _at++)
        {
            if (text[_at] != quote)
            {
                content.Append(text[_at]);
                continue;
            }

            _at++;
            if (_at == text.Length || text[_at] != quote) return new FilterToken(FilterTokenKind.Text, start, content.ToString());
            content.Append(quote);
        }

        return Mistake(start, $"the text that begins here has no end; end it with {quote} (inside a text, write {quote}{quote})");
    }

    private static FilterToken Mistake(int position, string message) => new(FilterTokenKind.Mistake, position, message);
}
