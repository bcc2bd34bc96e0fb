using System.Runtime.InteropServices;

namespace Streamgauge.Views;

/// <summary>One word of a filter.</summary>
/// <param name="Position">Where it begins, in characters.</param>
/// <param name="Text">As written; the content of a text; of a mistake, the message.</param>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct FilterToken(FilterTokenKind Kind, int Position, string Text, long Micros = 0, FilterOperator Operator = default)
{
    /// <summary>For people.</summary>
    public string Found => Kind switch
    {
        FilterTokenKind.End => "the end",
        FilterTokenKind.Text => "a text",
        _ => $"'{Text}'",
    };

    public bool Is(string word) => Kind == FilterTokenKind.Word && Text == word;

    public bool Is(FilterTokenKind kind) => Kind == kind;
}

/// <summary>The kinds of word.</summary>
internal enum FilterTokenKind
{
    End,

    /// <summary>A field or a key word.</summary>
    Word,
    Text,
    Number,
    Comparison,
    Open,
    Close,
    Comma,

    /// <summary>None of these.</summary>
    Mistake,
}
