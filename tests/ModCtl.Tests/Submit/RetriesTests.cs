using Grpc.Core;
using Microsoft.Extensions.Time.Testing;
using Moderation.Contracts.V1;
using Moderation.ModCtl.Submit;
using Moderation.ServiceDefaults.Errors;

namespace Moderation.ModCtl.Tests.Submit;

public sealed class RetriesTests
{
    [Fact]
    public async Task Run_waits_as_long_as_an_overloaded_service_asks()
    {
        var time = new FakeTimeProvider();
        var calls = 0;
        var running = new Retries(time, TimeSpan.FromMinutes(1), () => { }).RunAsync(
            _ => calls++ == 0 ? throw RpcErrors.Create(ErrorReason.Overloaded, ("retry_after_ms", "20000")) : Task.FromResult(7), CancellationToken.None);
        time.Advance(TimeSpan.FromMilliseconds(19_999));
        Assert.False(running.IsCompleted);
        time.Advance(TimeSpan.FromMilliseconds(1));
        Assert.Equal(7, await running);
    }

    [Fact]
    public async Task Run_gives_up_after_the_limit_with_the_last_failure()
    {
        var repeated = 0;
        var failure = await Assert.ThrowsAsync<RpcException>(() => new Retries(TimeProvider.System, TimeSpan.Zero, () => repeated++).RunAsync<int>(
            _ => throw RpcErrors.Create(ErrorReason.DependencyUnavailable), CancellationToken.None));
        Assert.Equal(ErrorReason.DependencyUnavailable, RpcErrors.ReasonOf(failure));
        Assert.Equal(0, repeated);
    }

    [Theory]
    [InlineData(ErrorReason.Overloaded, true)]
    [InlineData(ErrorReason.DependencyUnavailable, true)]
    [InlineData(ErrorReason.DeadlineExceeded, true)]
    [InlineData(ErrorReason.InvalidFields, false)]
    [InlineData(ErrorReason.RevisionConflict, false)]
    [InlineData(ErrorReason.Unauthenticated, false)]
    [InlineData(ErrorReason.Internal, false)]
    public void IsTransient_follows_the_contract(ErrorReason reason, bool transient)
        => Assert.Equal(transient, Retries.IsTransient(RpcErrors.Create(reason)));

    [Theory]
    [InlineData(StatusCode.Unavailable, true)]
    [InlineData(StatusCode.ResourceExhausted, true)]
    [InlineData(StatusCode.Internal, true)]
    [InlineData(StatusCode.Unimplemented, false)]
    [InlineData(StatusCode.Unauthenticated, false)]
    public void IsTransient_of_a_status_from_the_way_there(StatusCode code, bool transient)
        => Assert.Equal(transient, Retries.IsTransient(new RpcException(new Status(code, ""))));

    [Fact]
    public void Backoff_grows_to_five_seconds()
    {
        Assert.InRange(Retries.Backoff(0).TotalMilliseconds, 25, 50);
        Assert.InRange(Retries.Backoff(3).TotalMilliseconds, 200, 400);
        Assert.InRange(Retries.Backoff(1000).TotalMilliseconds, 2500, 5000);
    }
}
