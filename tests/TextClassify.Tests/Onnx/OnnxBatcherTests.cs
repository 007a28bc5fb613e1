using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using Moderation.TextClassify.Host.Models;
using Moderation.TextClassify.Host.Onnx;
using Moderation.TextClassify.Onnx;
using Xunit;

namespace Moderation.TextClassify.Tests.Onnx;

public sealed class OnnxBatcherTests
{
    private static readonly TimeSpan Long = TimeSpan.FromSeconds(60);

    /// <summary>A model that answers when it is let, and keeps how many rows each run had.</summary>
    private sealed class Gate : IDisposable
    {
        private readonly SemaphoreSlim _open = new(0);
        private readonly SemaphoreSlim _entered = new(0);

        public List<int> Runs { get; } = [];

        public float[][] Run(IReadOnlyList<int[]> rows)
        {
            Runs.Add(rows.Count);
            _entered.Release();
            if (!_open.Wait(Long)) throw new TimeoutException("The test never let the run end.");
            return [.. rows.Select(r => new[] { (float)r.Sum() })];
        }

        public async Task EnteredAsync() => Assert.True(await _entered.WaitAsync(Long));

        public void Let(int runs = 1) => _open.Release(runs);

        public void Dispose()
        {
            _open.Dispose();
            _entered.Dispose();
        }
    }

    private static OnnxLimits Limits(int rows = 4, int queue = 8) => new(rows, queue, TimeSpan.FromMilliseconds(500), 8, 1);

    private static Task<RowOutputs> Ask(OnnxBatcher batcher, params int[] ids) => batcher.RunAsync([ids], TestContext.Current.CancellationToken).AsTask();

    [Fact]
    public async Task WhatComesDuringARun_goesIntoTheNextTogether()
    {
        using var gate = new Gate();
        await using var batcher = new OnnxBatcher(gate.Run, Limits(), 4, new FakeTimeProvider(), NullLogger.Instance);
        var first = Ask(batcher, 1);
        await gate.EnteredAsync();
        var others = Enumerable.Range(2, 6).Select(i => Ask(batcher, i)).ToArray();
        gate.Let(3);
        Assert.Equal(1f, Assert.Single((await first).Rows[0]));
        for (var i = 0; i < others.Length; i++) Assert.Equal(i + 2f, Assert.Single((await others[i]).Rows[0]));
        Assert.Equal([1, 4, 2], gate.Runs);
    }

    [Fact]
    public async Task BeyondTheQueue_aTextIsUnavailableAtOnce_andThereIsPlaceAgainAfterwards()
    {
        using var gate = new Gate();
        await using var batcher = new OnnxBatcher(gate.Run, Limits(queue: 2), 4, new FakeTimeProvider(), NullLogger.Instance);
        var first = Ask(batcher, 1);
        await gate.EnteredAsync();
        var second = Ask(batcher, 2);
        Assert.Equal(ScoringOutcome.Unavailable, (await Ask(batcher, 3)).Outcome);
        gate.Let(2);
        Assert.Equal(ScoringOutcome.Done, (await first).Outcome);
        Assert.Equal(ScoringOutcome.Done, (await second).Outcome);
        gate.Let();
        RowOutputs again;
        do again = await Ask(batcher, 4); // the place is given back just after the answer
        while (again.Outcome == ScoringOutcome.Unavailable);
        Assert.Equal(4f, Assert.Single(again.Rows[0]));
    }

    [Fact]
    public async Task PastTheDeadline_aTextIsUnavailable_andIsNotRun()
    {
        var time = new FakeTimeProvider();
        using var gate = new Gate();
        await using var batcher = new OnnxBatcher(gate.Run, Limits(), 4, time, NullLogger.Instance);
        var running = Ask(batcher, 1);
        await gate.EnteredAsync();
        var waiting = Ask(batcher, 2);
        time.Advance(TimeSpan.FromMilliseconds(501));
        Assert.Equal(ScoringOutcome.Unavailable, (await running).Outcome);
        Assert.Equal(ScoringOutcome.Unavailable, (await waiting).Outcome);
        gate.Let(2);
        Assert.Equal(5f, Assert.Single((await Ask(batcher, 5)).Rows[0]));
        Assert.Equal([1, 1], gate.Runs); // the one that waited too long was left out
    }

    [Fact]
    public async Task TextOfManyRows_isRunInParts()
    {
        using var gate = new Gate();
        await using var batcher = new OnnxBatcher(gate.Run, Limits(), 4, new FakeTimeProvider(), NullLogger.Instance);
        var answer = batcher.RunAsync([.. Enumerable.Range(0, 7).Select(i => new[] { i })], TestContext.Current.CancellationToken).AsTask();
        gate.Let(2);
        Assert.Equal(Enumerable.Range(0, 7).Select(i => (float)i), (await answer).Rows.Select(r => r[0]));
        Assert.Equal([4, 3], gate.Runs);
    }

    [Fact]
    public async Task CallerThatGivesUp_isLetGo()
    {
        using var gate = new Gate();
        await using var batcher = new OnnxBatcher(gate.Run, Limits(), 4, new FakeTimeProvider(), NullLogger.Instance);
        using var caller = new CancellationTokenSource();
        var asked = batcher.RunAsync([[1]], caller.Token).AsTask();
        await gate.EnteredAsync();
        await caller.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => asked);
        gate.Let();
    }
}
