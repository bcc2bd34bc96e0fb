using System.Text;
using System.Text.Json;

namespace Streamgauge.Views;

/// <summary>The text of a declaration: read into nodes, and asked for lines and columns when something is wrong.</summary>
internal sealed class DeclarationSource(byte[] utf8, string file)
{
    private const int DepthMax = 16;
    private static readonly JsonReaderOptions Options = new() { CommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true, MaxDepth = DepthMax };
    private readonly List<(int Offset, string Message)> _mistakes = [];

    /// <summary>All mistakes, in the order of the file.</summary>
    public IReadOnlyList<DeclarationMistake> Mistakes => [.. _mistakes.OrderBy(mistake => mistake.Offset).Select(mistake => At(mistake.Offset, mistake.Message))];

    public void Add(int offset, string message) => _mistakes.Add((offset, message));

    public void Add(DeclarationNode node, string message) => Add(node.Offset, message);

    /// <summary>Adds a mistake inside a string, <paramref name="position"/> characters from its beginning.</summary>
    public void AddInside(DeclarationNode text, int position, string message)
    {
        var at = text.Offset + 1;
        for (var passed = 0; passed < position && at < utf8.Length; passed++)
        {
            if (utf8[at] == '\\')
            {
                at += utf8[at + 1] == 'u' ? 6 : 2;
            }
            else
            {
                Rune.DecodeFromUtf8(utf8.AsSpan(at), out var rune, out var bytes);
                at += bytes;
                passed += rune.Utf16SequenceLength - 1;
            }
        }

        Add(at, message);
    }

    /// <summary>Reads the whole text; null when it is no JSON, which then is a mistake.</summary>
    public DeclarationNode? Read()
    {
        var start = utf8.AsSpan().StartsWith("\uFEFF"u8) ? 3 : 0; // a byte order mark, as some editors write it
        var reader = new Utf8JsonReader(utf8.AsSpan(start), Options);
        try
        {
            reader.Read();
            var root = ReadValue(ref reader, start);
            reader.Read(); // nothing may follow
            return root;
        }
        catch (JsonException e)
        {
            var offset = start + LineStart(e.LineNumber ?? 0, start) + (int)(e.BytePositionInLine ?? 0);
            Add(offset, "this is no JSON: " + e.Message.Split(" LineNumber:")[0] + " Comments and trailing commas are allowed.");
        }
        catch (InvalidOperationException)
        {
            Add(start + (int)reader.TokenStartIndex, "this text is no valid UTF-8, or holds half a character (a lone surrogate).");
        }

        return null;
    }

    private static DeclarationNode ReadValue(ref Utf8JsonReader reader, int start)
    {
        var text = reader.TokenType switch
        {
            JsonTokenType.String => reader.GetString()!,
            JsonTokenType.StartObject or JsonTokenType.StartArray => "",
            _ => Encoding.UTF8.GetString(reader.ValueSpan),
        };
        var node = new DeclarationNode(reader.TokenType, start + (int)reader.TokenStartIndex, text);
        if (node.Kind == JsonTokenType.StartArray)
        {
            while (reader.Read() && reader.TokenType != JsonTokenType.EndArray) node.Items.Add(ReadValue(ref reader, start));
        }
        else if (node.Kind == JsonTokenType.StartObject)
        {
            while (reader.Read() && reader.TokenType != JsonTokenType.EndObject)
            {
                var (name, offset) = (reader.GetString()!, start + (int)reader.TokenStartIndex);
                reader.Read();
                node.Properties.Add((name, offset, ReadValue(ref reader, start)));
            }
        }

        return node;
    }

    // Relative to the first byte behind a byte order mark, as the reader counts.
    private int LineStart(long line, int start)
    {
        var text = utf8.AsSpan(start);
        var at = 0;
        for (; line > 0; line--)
        {
            var next = text[at..].IndexOf((byte)'\n');
            if (next < 0) break;
            at += next + 1;
        }

        return at;
    }

    private DeclarationMistake At(int offset, string message)
    {
        var before = utf8.AsSpan(0, Math.Min(offset, utf8.Length));
        var lineStart = before.LastIndexOf((byte)'\n') + 1;
        var line = Encoding.UTF8.GetString(before[lineStart..]).TrimStart('\uFEFF');
        return new DeclarationMistake(file, before.Count((byte)'\n') + 1, line.Length + 1, message);
    }
}
