using System.Text;

namespace Streamgauge.Resp;

/// <summary>A command for the control plane, its arguments text, numbers or bytes. May be sent any number of times.</summary>
public sealed class RespCommand
{
    private readonly List<ReadOnlyMemory<byte>> _arguments = [];

    /// <summary>Begins with the name and any arguments that are text.</summary>
    public RespCommand(params ReadOnlySpan<string> arguments)
    {
        foreach (var argument in arguments) Add(argument);
    }

    /// <summary>Arguments so far, the name included.</summary>
    public int Count => _arguments.Count;

    /// <summary>Adds one argument, encoded as UTF-8.</summary>
    public RespCommand Add(string utf8Text) => Add(Encoding.UTF8.GetBytes(utf8Text));

    /// <summary>Adds one argument, the number in decimal.</summary>
    public RespCommand Add(long number) => Add(number.ToString());

    /// <summary>Adds one argument. The bytes are not copied and must stay as they are until the command is answered.</summary>
    public RespCommand Add(ReadOnlyMemory<byte> bytes)
    {
        _arguments.Add(bytes);
        return this;
    }

    /// <inheritdoc cref="Add(ReadOnlyMemory{byte})"/>
    public RespCommand Add(byte[] bytes) => Add(new ReadOnlyMemory<byte>(bytes));

    internal void Write(RespWriter output)
    {
        output.WriteCommandHeader(_arguments.Count);
        foreach (var argument in _arguments) output.WriteBulk(argument.Span);
    }
}
