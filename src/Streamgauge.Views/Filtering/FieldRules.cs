using System.Buffers;
using System.Text;
using Streamgauge.Events;

namespace Streamgauge.Views;

/// <summary>What a declaration may call a field and do with it.</summary>
internal static class FieldRules
{
    /// <summary>The names that can be declared, in words.</summary>
    public const string Allowed = "letters, digits, '_', '.', '-' and '$', beginning with a letter, '_' or '$'";

    // Nothing that stands around a field in stored names: colon, slash, parentheses.
    private static readonly SearchValues<char> NameChars = SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_.-$");

    public static bool IsNameStart(char c) => char.IsAsciiLetter(c) || c is '_' or '$';

    public static bool IsNameChar(char c) => NameChars.Contains(c);

    public static bool IsName(string name) =>
        name.Length is > 0 and <= EventLimits.FieldNameBytesMax && IsNameStart(name[0]) && !name.AsSpan().ContainsAnyExcept(NameChars);

    public static FieldKind KindOf(string name) => FieldNames.Identify(Encoding.UTF8.GetBytes(name)) switch
    {
        EventField.Value => FieldKind.Value,
        EventField.Timestamp => FieldKind.Time,
        EventField.Extra => FieldKind.Further,
        _ => FieldKind.Name,
    };
}

/// <summary>What a field holds.</summary>
internal enum FieldKind
{
    /// <summary>One of the five documented names: text.</summary>
    Name,

    /// <summary>Any other field: text that may be a number.</summary>
    Further,

    /// <summary>The number <c>value</c>.</summary>
    Value,

    /// <summary>The time <c>ts</c>.</summary>
    Time,
}
