using Grpc.Core;
using Microsoft.Extensions.Time.Testing;
using Moderation.Contracts.V1;
using Moderation.ServiceDefaults.Errors;
using Xunit;

namespace Moderation.ServiceDefaults.Tests.Streaming;

public sealed class StreamCallerTests
{
    private static readonly DateTime Never = DateTime.MaxValue;
    private readonly FakeTimeProvider _time = new(DateTimeOffset.UtcNow);

    [Fact]
    public async Task Call_gets_the_answer_to_its_own_request_in_whatever_order_they_come()
    {
        const int Calls = 300;
        await using var server = await TestClassifier.StartAsync();
        var waiting = new List<(string Text, TaskCompletionSource<string> Answer)>();
        var all = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        server.Streamed = (text, _) =>
        {
            var answer = new TaskCompletionSource<string>(TaskCreationOptions.RunContinuationsAsynchronously);
            lock (waiting)
            {
                waiting.Add((text, answer));
                if (waiting.Count == Calls)
                {
                    all.SetResult();
                }
            }

            return new ValueTask<string>(answer.Task);
        };
        await using var caller = server.Caller(_time);
        await server.Opened;
        await UntilStreamedAsync(caller, server, waiting);
        var answers = Enumerable.Range(0, Calls - 1).Select(i => CallAsync(caller, $"{i}")).ToList();
        await all.Task;
        foreach (var (text, answer) in Enumerable.Reverse(waiting))
        {
            answer.TrySetResult("stream:" + text);
        }

        Assert.Equal(Enumerable.Range(0, Calls - 1).Select(i => $"stream:{i}"), await Task.WhenAll(answers));
    }

    [Fact]
    public async Task Call_whose_stream_breaks_goes_unary_and_the_stream_is_dialled_anew()
    {
        await using var server = await TestClassifier.StartAsync();
        server.Breaks = true;
        await using var caller = server.Caller(_time);
        await server.Opened;
        Assert.Equal("unary:a", await CallAsync(caller, "a"));
        Assert.Equal("unary:b", await CallAsync(caller, "b"));

        server.Breaks = false;
        server.ExpectOpening();
        while (!server.Opened.IsCompleted)
        {
            _time.Advance(TimeSpan.FromMilliseconds(200)); // the dialler waits this long by this clock, once it has seen the break
            await Task.Yield();
        }

        string answer;
        do
        {
            answer = await CallAsync(caller, "c");
        }
        while (answer == "unary:c"); // the lane is put in place right after it was opened
        Assert.Equal("stream:c", answer);
    }

    [Fact]
    public async Task Call_that_is_not_answered_ends_at_its_deadline()
    {
        await using var server = await TestClassifier.StartAsync();
        var came = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        server.Streamed = async (text, token) =>
        {
            came.TrySetResult();
            await Task.Delay(Timeout.Infinite, token);
            return text;
        };
        await using var caller = server.Caller(_time);
        await server.Opened;
        Task<ClassifyTextResponse> call;
        do
        {
            call = caller.CallAsync(new ClassifyTextRequest { Text = "slow" }, _time.GetUtcNow().UtcDateTime.AddMinutes(1), CancellationToken.None);
            await Task.WhenAny(call, came.Task);
        }
        while (!came.Task.IsCompleted); // a call before the lane was in place is answered by the unary method
        _time.Advance(TimeSpan.FromSeconds(59));
        Assert.False(call.IsCompleted);
        _time.Advance(TimeSpan.FromSeconds(1));
        var failure = await Assert.ThrowsAsync<RpcException>(() => call);
        Assert.Equal(ErrorReason.DeadlineExceeded, RpcErrors.ReasonOf(failure));
        var late = await Assert.ThrowsAsync<RpcException>(() => caller.CallAsync(
            new ClassifyTextRequest { Text = "late" }, _time.GetUtcNow().UtcDateTime, CancellationToken.None));
        Assert.Equal(StatusCode.DeadlineExceeded, late.StatusCode);
    }

    [Fact]
    public async Task Call_that_fails_at_the_server_gets_its_status_and_the_stream_lives_on()
    {
        await using var server = await TestClassifier.StartAsync();
        server.Streamed = (text, _) => text switch
        {
            "refused" => throw RpcErrors.Create(ErrorReason.InvalidFields),
            "defect" => throw new InvalidOperationException("secret"),
            _ => ValueTask.FromResult("stream:" + text),
        };
        await using var caller = server.Caller(_time);
        await server.Opened;
        while (await CallAsync(caller, "first") == "unary:first")
        {
        }

        Assert.Equal(ErrorReason.InvalidFields, RpcErrors.ReasonOf(await Assert.ThrowsAsync<RpcException>(() => CallAsync(caller, "refused"))));
        var defect = await Assert.ThrowsAsync<RpcException>(() => CallAsync(caller, "defect"));
        Assert.Equal(ErrorReason.Internal, RpcErrors.ReasonOf(defect));
        Assert.DoesNotContain("secret", defect.ToString(), StringComparison.Ordinal);
        Assert.Equal("stream:last", await CallAsync(caller, "last"));
    }

    [Fact]
    public async Task Stop_of_a_server_with_an_open_stream_answers_what_it_took_and_ends()
    {
        await using var server = await TestClassifier.StartAsync();
        var came = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var go = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        server.Streamed = async (text, _) =>
        {
            came.TrySetResult();
            await go.Task;
            return "stream:" + text;
        };
        using var stream = server.Client().ClassifyStream();
        await stream.RequestStream.WriteAsync(new ClassifyStreamRequest { Calls = { new ClassifyStreamCall { CorrelationId = 7, Request = new() { Text = "x" } } } });
        await came.Task;
        var stop = server.StopAsync();
        go.SetResult();
        Assert.True(await stream.ResponseStream.MoveNext(CancellationToken.None));
        Assert.Equal("stream:x", Assert.Single(stream.ResponseStream.Current.Answers).Response.Signals.ModelVersion);
        Assert.False(await stream.ResponseStream.MoveNext(CancellationToken.None));
        await stop.WaitAsync(TimeSpan.FromSeconds(15)); // the host would give it 30
    }

    private static async Task<string> CallAsync(
        Moderation.ServiceDefaults.Streaming.StreamCaller<ClassifyTextRequest, ClassifyTextResponse, ClassifyStreamRequest, ClassifyStreamResponse> caller, string text)
        => (await caller.CallAsync(new ClassifyTextRequest { Text = text }, Never, CancellationToken.None)).Signals.ModelVersion;

    // Ends once a call has come over a stream; that one stays among the waiting.
    private static async Task UntilStreamedAsync(
        Moderation.ServiceDefaults.Streaming.StreamCaller<ClassifyTextRequest, ClassifyTextResponse, ClassifyStreamRequest, ClassifyStreamResponse> caller,
        TestClassifier server, List<(string Text, TaskCompletionSource<string> Answer)> waiting)
    {
        await server.Opened;
        while (true)
        {
            var probe = CallAsync(caller, "probe");
            while (!probe.IsCompleted)
            {
                lock (waiting)
                {
                    if (waiting.Count > 0)
                    {
                        return;
                    }
                }

                await Task.Yield();
            }
        }
    }
}
