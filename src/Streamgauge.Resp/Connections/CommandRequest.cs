namespace Streamgauge.Resp;

/// <summary>Carries one <see cref="RespCommand"/> of the control plane and keeps its reply as a tree.</summary>
internal sealed class CommandRequest(RespCommand command) : RespRequest
{
    public RespValue? Reply { get; private set; }

    protected internal override void Write(RespWriter output) => command.Write(output);

    protected internal override void Read(ref RespReader reply) => Reply = RespValue.Read(ref reply);
}
