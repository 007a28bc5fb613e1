namespace Moderation.Benchmarks.Fuzz;

/// <summary>Something that takes input from outside, and the promises that it must keep whatever that is.</summary>
internal abstract class FuzzTarget : IAsyncDisposable
{
    /// <summary>Makes ready what inputs are tried on.</summary>
    public virtual Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <summary>Makes one input and tries it.</summary>
    /// <param name="random">Where all that is random about it comes from.</param>
    /// <param name="describe">Told what the input is before it is tried, for the report of a failure.</param>
    /// <exception cref="FuzzFinding">A promise was broken. Any other exception is one that should not come out, so a finding as well.</exception>
    public abstract Task TryAsync(Random random, Action<string> describe);

    public virtual ValueTask DisposeAsync() => ValueTask.CompletedTask;

    /// <summary>Throws unless a promise is kept.</summary>
    protected static void Require(bool isKept, string promise)
    {
        if (!isKept) throw new FuzzFinding(promise);
    }
}

/// <summary>A broken promise.</summary>
internal sealed class FuzzFinding(string promise, Exception? cause = null) : Exception(promise, cause);
