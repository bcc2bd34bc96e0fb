using System.Text;

namespace Streamgauge.Views;

/// <summary>What a field is compared with, checked against what the field can hold.</summary>
internal sealed class FilterLiterals(string name)
{
    public const int CountMax = 256;

    private readonly FieldKind _kind = FieldRules.KindOf(name);
    private readonly List<byte[]> _texts = [];
    private readonly List<long> _numbers = [];

    public int Count => _texts.Count + _numbers.Count;

    /// <summary>Of the last literal.</summary>
    public int Position { get; private set; }

    public string OrderProblem => $"texts are compared with == and != only; to compare '{name}' as a number, write the number without quotes";

    /// <summary>Takes a text or a number; returns what is wrong with it, null if nothing is.</summary>
    public string? Add(FilterToken literal)
    {
        Position = literal.Position;
        if (literal.Is(FilterTokenKind.Number))
        {
            if (_kind == FieldKind.Name) return $"'{name}' is text; compare it with a text: '{literal.Text}' in quotes";
            _numbers.Add(literal.Micros);
            return null;
        }

        if (_kind is FieldKind.Value or FieldKind.Time) return $"'{name}' is a number; compare it with a number{(_kind == FieldKind.Time ? ": Unix time in milliseconds" : "")}, without quotes";
        if (ToUtf8(literal, out var problem) is { } text) _texts.Add(text);
        return problem;
    }

    /// <summary>The comparison with the one literal; null when texts cannot be compared that way.</summary>
    public FieldTest? Compare(FilterOperator comparison)
    {
        if (_numbers.Count > 0) return new NumberTest(comparison, _numbers[0]);
        return comparison is FilterOperator.Equal or FilterOperator.NotEqual ? new TextTest(_texts[0], comparison == FilterOperator.Equal) : null;
    }

    public FieldTest List() => new ListTest(_texts, _numbers);

    /// <summary>The bytes of a text; null with a problem when no field can hold it.</summary>
    public static byte[]? ToUtf8(FilterToken text, out string? problem)
    {
        problem = null;
        if (text.Text.Length == 0) problem = "the empty text equals nothing, since an empty field is absent; write exists(field) or not exists(field)";
        else if (!IsText(text.Text)) problem = "this text holds half a character (a lone surrogate)";
        return problem is null ? Encoding.UTF8.GetBytes(text.Text) : null;
    }

    /// <summary>Key words are lower case: says so when one is found that is not.</summary>
    public static string CaseHint(FilterToken found) =>
        found.Is(FilterTokenKind.Word) && found.Text.ToLowerInvariant() is var word && word != found.Text && word is "and" or "or" or "not" or "in" ? $"; write '{word}'" : "";

    private static bool IsText(string text) => Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(text)) == text;
}
