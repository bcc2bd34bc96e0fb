using System.Text;

namespace Streamgauge.Drills;

/// <summary>What is done to the next request that contains a word.</summary>
internal enum InterceptionKind
{
    /// <summary>The request passes, its reply does not, and the connection ends: the client cannot know what happened.</summary>
    LoseReply,

    /// <summary>So many bytes of it pass, then the connection ends.</summary>
    CutRequest,

    /// <summary>It waits half sent until it is released, even when its client has given up meanwhile: a message of the past.</summary>
    HoldRequest,
}

/// <summary>A trap on a <see cref="Link"/>, armed once: the first request that contains the word springs it.</summary>
internal sealed class Interception
{
    private readonly TaskCompletionSource _sprung = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _answered = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _released = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <param name="word">Name of a function or command, as it stands on the wire.</param>
    /// <param name="bytes">For <see cref="InterceptionKind.CutRequest"/>: bytes that pass, counted from the word on.</param>
    public Interception(InterceptionKind kind, string word, int bytes = 0)
    {
        Kind = kind;
        Word = Encoding.UTF8.GetBytes(word);
        Bytes = bytes;
    }

    public InterceptionKind Kind { get; }

    public byte[] Word { get; }

    public int Bytes { get; }

    /// <summary>Completes when a request came and what was to happen has happened: held, cut, or its reply thrown away.</summary>
    public Task Sprung => _sprung.Task;

    /// <summary>Completes when a held request may go on.</summary>
    public Task Released => _released.Task;

    /// <summary>Completes when the server has answered a request that was held and released, whether or not anybody hears it.</summary>
    public Task Answered => _answered.Task;

    public void Answer() => _answered.TrySetResult();

    public void Spring() => _sprung.TrySetResult();

    /// <summary>Lets a held request go on its way.</summary>
    public void Release() => _released.TrySetResult();
}
