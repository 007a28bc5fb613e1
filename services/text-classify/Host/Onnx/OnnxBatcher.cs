using System.Threading.Channels;
using Microsoft.ML.OnnxRuntime;
using Moderation.TextClassify.Host.Models;
using Moderation.TextClassify.Onnx;

namespace Moderation.TextClassify.Host.Onnx;

/// <summary>The outputs of a text's rows, or why there are none.</summary>
internal readonly record struct RowOutputs(ScoringOutcome Outcome, float[][] Rows);

/// <summary>
/// Gathers rows of concurrent texts into runs of the model: while one run goes on, others wait, and the next takes as many as fit. Nobody waits for
/// a run to fill up. What waits is bounded; beyond it, and past the deadline, a text is unavailable at once.
/// </summary>
internal sealed partial class OnnxBatcher : IAsyncDisposable
{
    private readonly Func<IReadOnlyList<int[]>, float[][]> _run;
    private readonly OnnxLimits _limits;
    private readonly int _maxRows;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly Channel<Waiting> _queue = Channel.CreateUnbounded<Waiting>(new UnboundedChannelOptions { SingleReader = true });
    private readonly Task _running;
    private int _rowsWaiting;

    private sealed record Waiting(List<int[]> Rows, long Start, TaskCompletionSource<RowOutputs> Answer);

    /// <param name="run">Runs the model over rows; called from one thread at a time.</param>
    /// <param name="limits">The limits.</param>
    /// <param name="maxRows">Rows of a run at most.</param>
    /// <param name="time">The clock of the deadlines.</param>
    /// <param name="logger">Where a failing model is told of.</param>
    public OnnxBatcher(Func<IReadOnlyList<int[]>, float[][]> run, OnnxLimits limits, int maxRows, TimeProvider time, ILogger logger)
    {
        (_run, _limits, _maxRows, _time, _logger) = (run, limits, maxRows, time, logger);
        _running = Task.Run(RunAsync);
    }

    /// <summary>The outputs of a text's rows.</summary>
    public async ValueTask<RowOutputs> RunAsync(List<int[]> rows, CancellationToken cancellationToken)
    {
        if (Interlocked.Add(ref _rowsWaiting, rows.Count) > _limits.Queue)
        {
            Interlocked.Add(ref _rowsWaiting, -rows.Count);
            return new RowOutputs(ScoringOutcome.Unavailable, []);
        }
        using var deadline = new CancellationTokenSource(_limits.Deadline, _time);
        var waiting = new Waiting(rows, _time.GetTimestamp(), new TaskCompletionSource<RowOutputs>(TaskCreationOptions.RunContinuationsAsynchronously));
        if (!_queue.Writer.TryWrite(waiting))
        {
            Interlocked.Add(ref _rowsWaiting, -rows.Count);
            return new RowOutputs(ScoringOutcome.Retired, []);
        }
        await using var late = deadline.Token.Register(static w => ((Waiting)w!).Answer.TrySetResult(new RowOutputs(ScoringOutcome.Unavailable, [])), waiting); // the state is what was given
        return await waiting.Answer.Task.WaitAsync(cancellationToken);
    }

    /// <summary>Takes no more texts, answers those that wait, and returns when the last run has ended.</summary>
    public async ValueTask DisposeAsync()
    {
        _queue.Writer.TryComplete();
        await _running;
    }

    private async Task RunAsync()
    {
        var batch = new List<Waiting>();
        Waiting? next = null;
        while (next is not null || await _queue.Reader.WaitToReadAsync())
        {
            batch.Clear();
            var rows = 0;
            while (next is not null || _queue.Reader.TryRead(out next))
            {
                if (batch.Count > 0 && rows + next.Rows.Count > _maxRows) break;
                rows += next.Rows.Count;
                batch.Add(next);
                next = null;
            }
            Answer(batch);
        }
    }

    private void Answer(List<Waiting> batch)
    {
        // Whoever was answered by the deadline needs no more of the model.
        var due = batch.Where(w => !w.Answer.Task.IsCompleted && _time.GetElapsedTime(w.Start) < _limits.Deadline).ToList();
        try
        {
            var outputs = new List<float[]>();
            var rows = due.SelectMany(w => w.Rows).ToList();
            foreach (var part in rows.Chunk(_maxRows)) outputs.AddRange(_run(part));
            var at = 0;
            foreach (var waiting in due)
            {
                waiting.Answer.TrySetResult(new RowOutputs(ScoringOutcome.Done, [.. outputs.GetRange(at, waiting.Rows.Count)]));
                at += waiting.Rows.Count;
            }
        }
        catch (OnnxRuntimeException failure)
        {
            LogFailed(failure.Message, due.Count);
        }
        finally
        {
            foreach (var waiting in batch)
            {
                waiting.Answer.TrySetResult(new RowOutputs(ScoringOutcome.Unavailable, []));
                Interlocked.Add(ref _rowsWaiting, -waiting.Rows.Count);
            }
        }
    }

    [LoggerMessage(LogLevel.Warning, "An ONNX model failed: {Message} {Texts} texts are unavailable")]
    private partial void LogFailed(string message, int texts);
}
