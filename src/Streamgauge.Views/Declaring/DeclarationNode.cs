using System.Text.Json;

namespace Streamgauge.Views;

/// <summary>One value of a JSON document, with its place.</summary>
/// <param name="Offset">Of its first byte.</param>
/// <param name="Text">Content of a string; other scalars as written; empty for arrays and objects.</param>
internal sealed record DeclarationNode(JsonTokenType Kind, int Offset, string Text)
{
    /// <summary>Elements of an array.</summary>
    public List<DeclarationNode> Items { get; } = [];

    /// <summary>Properties of an object, also those given twice.</summary>
    public List<(string Name, int Offset, DeclarationNode Value)> Properties { get; } = [];

    /// <summary>For people: what stands there instead of what should.</summary>
    public string Found => Kind switch
    {
        JsonTokenType.StartObject => "an object",
        JsonTokenType.StartArray => "a list",
        JsonTokenType.String => $"\"{(Text.Length > 60 ? Text[..60] + "…" : Text)}\"",
        _ => Text,
    };
}
