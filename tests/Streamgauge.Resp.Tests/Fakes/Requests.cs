namespace Streamgauge.Resp.Tests.Fakes;

/// <summary>ECHO with one argument, reused.</summary>
internal sealed class EchoRequest(string argument = "") : RespRequest
{
    public string Argument { get; set; } = argument;

    public string? Answer { get; private set; }

    public int WriteCount { get; private set; }

    protected internal override void Write(RespWriter output)
    {
        WriteCount++;
        output.WriteCommandHeader(2);
        output.WriteBulk("ECHO"u8);
        output.WriteBulk(Argument);
    }

    protected internal override void Read(ref RespReader reply) => Answer = reply.ReadText();
}

/// <summary>A request made of two delegates.</summary>
internal sealed class ScriptedRequest(Action<RespWriter> write, ScriptedRequest.ReadReply read) : RespRequest
{
    public delegate void ReadReply(ref RespReader reply);

    protected internal override void Write(RespWriter output) => write(output);

    protected internal override void Read(ref RespReader reply) => read(ref reply);

    public static void Ping(RespWriter output)
    {
        output.WriteCommandHeader(1);
        output.WriteBulk("PING"u8);
    }
}
