namespace Streamgauge.Views;

/// <summary>How a filter writes comparisons.</summary>
internal static class FilterOperators
{
    public const string Allowed = "==, !=, <, <=, >, >= or 'in'";

    // Longer ones first: "<=" is not "<" and something.
    private static readonly (string Text, FilterOperator Operator)[] All =
    [
        ("==", FilterOperator.Equal), ("!=", FilterOperator.NotEqual), ("<=", FilterOperator.LessOrEqual), (">=", FilterOperator.GreaterOrEqual),
        ("<", FilterOperator.Less), (">", FilterOperator.Greater),
    ];

    public static string Text(FilterOperator comparison) => Array.Find(All, pair => pair.Operator == comparison).Text;

    /// <summary>Finds the operator <paramref name="text"/> begins with.</summary>
    public static bool TryRead(ReadOnlySpan<char> text, out FilterOperator comparison, out int length)
    {
        foreach (var (written, candidate) in All)
        {
            if (!text.StartsWith(written, StringComparison.Ordinal)) continue;
            comparison = candidate;
            length = written.Length;
            return true;
        }

        comparison = default;
        length = 0;
        return false;
    }
}

/// <summary>The comparisons.</summary>
internal enum FilterOperator
{
    Equal,
    NotEqual,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
}
