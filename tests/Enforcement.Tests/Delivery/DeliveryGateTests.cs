using Moderation.Enforcement.Delivery;
using Xunit;

namespace Moderation.Enforcement.Tests.Delivery;

public sealed class DeliveryGateTests
{
    private static readonly DateTimeOffset Now = DateTimeOffset.UnixEpoch.AddYears(50);
    private readonly DeliveryGate _gate = new(new RetryRule(BackoffSchedule.Default, TimeSpan.FromHours(1)));

    [Fact]
    public void Third_failure_in_a_row_closes_it_for_longer_each_time_up_to_five_minutes()
    {
        var pauses = new List<double>();
        for (var i = 0; i < 9; i++)
        {
            _gate.Note(new Attempt(DeliveryFault.Connection), Now);
            pauses.Add((_gate.ClosedUntil - Now).TotalSeconds);
        }

        Assert.Equal([0, 0, 5, 15, 45, 135, 300, 300, 300], pauses);
    }

    [Fact]
    public void Success_opens_it_and_forgets()
    {
        for (var i = 0; i < 5; i++)
        {
            _gate.Note(new Attempt(DeliveryFault.Timeout), Now);
        }

        _gate.Note(new Attempt(DeliveryFault.None), Now);
        Assert.False(_gate.IsTroubled);
        Assert.True(_gate.ClosedUntil <= Now);
        _gate.Note(new Attempt(DeliveryFault.Timeout), Now);
        Assert.True(_gate.ClosedUntil <= Now);
    }

    [Fact]
    public void Event_that_is_refused_says_that_the_receiver_is_there()
    {
        for (var i = 0; i < 5; i++)
        {
            _gate.Note(Attempt.OfStatus(422), Now);
        }

        Assert.True(_gate.ClosedUntil <= Now);
        Assert.False(_gate.IsTroubled);
    }

    [Fact]
    public void Retry_after_closes_it_at_once_within_the_cap()
    {
        _gate.Note(Attempt.OfStatus(429, TimeSpan.FromMinutes(20)), Now);
        Assert.Equal(Now.AddMinutes(20), _gate.ClosedUntil);
        _gate.Note(Attempt.OfStatus(503, TimeSpan.FromDays(2)), Now);
        Assert.Equal(Now.AddHours(1), _gate.ClosedUntil);
    }
}
