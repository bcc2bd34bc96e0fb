namespace Streamgauge.Views;

/// <summary>Reads a filter by recursive descent. The first mistake ends it: what follows a mistake is guesswork.</summary>
/// <remarks>
/// <code>
/// or     = and { "or" and }
/// and    = not { "and" not }
/// not    = "not" not | test
/// test   = "(" or ")" | exists(field) | starts_with(field, text) | field comparison literal | field "in" "(" literal { "," literal } ")"
/// </code>
/// </remarks>
internal sealed class FilterParser
{
    public const int NestingMax = 32;

    private readonly string _text;
    private readonly FilterScanner _scanner;
    private FilterToken _token;
    private FilterFault? _fault;
    private int _nesting;

    public FilterParser(string text)
    {
        _text = text;
        _scanner = new FilterScanner(text);
    }

    public FilterNode? Parse(out FilterFault? fault)
    {
        FilterNode? root = null;
        if (_text.Length > ViewLimits.FilterCharsMax)
        {
            _fault = new FilterFault(ViewLimits.FilterCharsMax, $"a filter has at most {ViewLimits.FilterCharsMax:N0} characters, this one has {_text.Length:N0}");
        }
        else
        {
            Advance();
            root = Chain(isAnd: false);
            if (!_token.Is(FilterTokenKind.End)) Expected("'and', 'or' or the end");
        }

        fault = _fault;
        return fault is null ? root : null;
    }

    private FilterNode? Chain(bool isAnd)
    {
        var word = isAnd ? "and" : "or";
        var parts = new List<FilterNode>();
        do
        {
            if (parts.Count > 0) Advance();
            if ((isAnd ? Not() : Chain(isAnd: true)) is not { } part) return null;
            parts.Add(part);
        }
        while (_token.Is(word));
        return parts.Count == 1 ? parts[0] : new FilterChain(isAnd, parts);
    }

    private FilterNode? Not()
    {
        if (!_token.Is("not")) return Test();
        if (!Nest()) return null;
        Advance();
        var part = Not();
        _nesting--;
        return part is null ? null : new FilterNegation(part);
    }

    private FilterNode? Test()
    {
        if (_token.Is(FilterTokenKind.Open)) return Parenthesized();
        if (_token.Is("exists")) return Call(hasPrefix: false);
        if (_token.Is("starts_with")) return Call(hasPrefix: true);
        return Field() is { } field ? Comparison(field) : null;
    }

    private FilterNode? Parenthesized()
    {
        if (!Nest()) return null;
        Advance();
        var inside = Chain(isAnd: false);
        _nesting--;
        return inside is not null && Take(FilterTokenKind.Close, "')', 'and' or 'or'") ? inside : null;
    }

    private FieldNode? Call(bool hasPrefix)
    {
        var function = _token.Text;
        Advance();
        if (!Take(FilterTokenKind.Open, $"'(' after '{function}'")) return null;
        var at = _token.Position;
        if (Field() is not { } field) return null;
        FieldTest test = new ExistsTest();
        if (hasPrefix)
        {
            if (FieldRules.KindOf(field) is FieldKind.Value or FieldKind.Time) return Fault(at, $"'{field}' is a number; starts_with takes a text field");
            if (!Take(FilterTokenKind.Comma, "','")) return null;
            if (!_token.Is(FilterTokenKind.Text)) return Expected("a text like 'abc'");
            if (FilterLiterals.ToUtf8(_token, out var problem) is not { } prefix) return Fault(_token.Position, problem!);
            test = new PrefixTest(prefix);
            Advance();
        }

        return Take(FilterTokenKind.Close, "')'") ? new FieldNode(field, test) : null;
    }

    private FieldNode? Comparison(string field)
    {
        if (_token.Is("in")) return List(field);
        if (!_token.Is(FilterTokenKind.Comparison)) return Expected(FilterOperators.Allowed);
        var comparison = _token.Operator;
        Advance();
        var literals = new FilterLiterals(field);
        if (!Literal(literals)) return null;
        return literals.Compare(comparison) is { } test ? new FieldNode(field, test) : Fault(literals.Position, literals.OrderProblem);
    }

    private FieldNode? List(string field)
    {
        Advance();
        if (!Take(FilterTokenKind.Open, "'(' after 'in'")) return null;
        var literals = new FilterLiterals(field);
        do
        {
            if (literals.Count > 0) Advance();
            if (literals.Count == FilterLiterals.CountMax) return Fault(_token.Position, $"a list has at most {FilterLiterals.CountMax} items");
            if (!Literal(literals)) return null;
        }
        while (_token.Is(FilterTokenKind.Comma));
        return Take(FilterTokenKind.Close, "',' or ')'") ? new FieldNode(field, literals.List()) : null;
    }

    private bool Literal(FilterLiterals literals)
    {
        if (!_token.Is(FilterTokenKind.Text) && !_token.Is(FilterTokenKind.Number)) return Expected("a text like 'abc' or a number") is not null;
        if (literals.Add(_token) is { } problem) return Fault(_token.Position, problem) is not null;
        Advance();
        return true;
    }

    private string? Field()
    {
        if (!_token.Is(FilterTokenKind.Word) || _token.Text is "and" or "or" or "not" or "in" or "exists" or "starts_with")
        {
            Expected("a field, 'not', '(', exists(field) or starts_with(field, 'text')");
            return null;
        }

        var (name, at) = (_token.Text, _token.Position);
        Advance();
        if (_token.Is(FilterTokenKind.Open)) Fault(at, $"'{name}' is no function; there are exists(field) and starts_with(field, 'text')");
        else if (!FieldRules.IsName(name)) Fault(at, $"a field name has at most {Events.EventLimits.FieldNameBytesMax} characters, this one has {name.Length}");
        return _fault is null ? name : null;
    }

    private bool Nest()
    {
        if (_nesting == NestingMax) return Fault(_token.Position, $"parentheses and 'not' nest at most {NestingMax} deep") is not null;
        _nesting++;
        return true;
    }

    private bool Take(FilterTokenKind kind, string expected)
    {
        if (!_token.Is(kind)) return Expected(expected) is not null;
        Advance();
        return true;
    }

    private void Advance() => _token = _scanner.Next();

    private FieldNode? Expected(string what) =>
        Fault(_token.Position, _token.Is(FilterTokenKind.Mistake) ? _token.Text : $"found {_token.Found}, expected {what}{FilterLiterals.CaseHint(_token)}");

    // Always null, so that a production ends with it; the first fault is the one that counts.
    private FieldNode? Fault(int position, string message)
    {
        _fault ??= new FilterFault(position, message);
        return null;
    }
}
