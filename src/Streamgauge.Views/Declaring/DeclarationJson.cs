using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace Streamgauge.Views;

/// <summary>How declarations are written.</summary>
internal static class DeclarationJson
{
    /// <summary>One line, and characters as they are: people read this in Redis, and no browser runs it.</summary>
    public static readonly JsonSerializerOptions Options = new()
    {
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        TypeInfoResolver = JsonTypeInfoResolver.Combine(), // nodes only, nothing is reflected
    };
}
