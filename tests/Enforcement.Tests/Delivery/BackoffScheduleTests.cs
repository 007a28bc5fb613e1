using CsCheck;
using Moderation.Enforcement.Delivery;
using Xunit;

namespace Moderation.Enforcement.Tests.Delivery;

public sealed class BackoffScheduleTests
{
    private static readonly Gen<BackoffSchedule> Schedules = Gen.Select(
        Gen.Int[100, 60_000], Gen.Double[1, 10], Gen.Int[60, 20_000], Gen.Int[60, 1_000_000],
        (first, factor, longest, total) => new BackoffSchedule(
            TimeSpan.FromMilliseconds(first), factor, TimeSpan.FromSeconds(longest), TimeSpan.FromSeconds(total)));

    [Fact]
    public void Default_tries_14_times_within_25_hours()
    {
        var schedule = BackoffSchedule.Default;
        var waits = Enumerable.Range(1, schedule.Attempts - 1).Select(n => schedule.After(n, 0)!.Value.TotalSeconds).ToList();
        Assert.Equal([5, 15, 45, 135, 405, 1215, 3645, 10935, 14400, 14400, 14400, 14400, 14400], waits);
        Assert.Null(schedule.After(schedule.Attempts, 0));
        Assert.InRange(waits.Sum() / 3600, 24, 25);
    }

    [Fact]
    public void Waits_grow_up_to_the_longest_and_add_up_to_the_total()
        => Schedules.Sample(schedule =>
        {
            var waits = Enumerable.Range(1, Math.Min(schedule.Attempts - 1, 100)).Select(n => schedule.After(n, 0)!.Value).ToList();
            Assert.All(waits, w => Assert.True(w <= schedule.Longest));
            Assert.Equal(waits.Order(), waits);
            Assert.True(waits.Aggregate(TimeSpan.Zero, (sum, w) => sum + w) <= schedule.Total);
            Assert.Null(schedule.After(schedule.Attempts, 0));
        }, iter: 200);

    [Fact]
    public void Chance_takes_away_a_quarter_at_most()
        => Gen.Select(Schedules, Gen.Double[0, 1]).Where(s => s.Item1.Attempts > 1).Sample((schedule, chance) =>
        {
            var (full, wait) = (schedule.Full(1), schedule.After(1, chance)!.Value);
            Assert.InRange(wait, full * (1 - BackoffSchedule.Jitter) - TimeSpan.FromTicks(1), full);
        }, iter: 200);

    [Fact]
    public void Retry_after_is_honoured_within_its_cap_and_never_shortens_the_wait()
    {
        var rule = new RetryRule(BackoffSchedule.Default, TimeSpan.FromHours(1));
        var now = DateTimeOffset.UnixEpoch;
        Assert.Equal(now.AddMinutes(2), rule.Next(1, Busy(TimeSpan.FromMinutes(2)), now, 0));
        Assert.Equal(now.AddHours(1), rule.Next(1, Busy(TimeSpan.FromDays(30)), now, 0));
        Assert.Equal(now.AddSeconds(5), rule.Next(1, Busy(TimeSpan.FromSeconds(1)), now, 0));
        Assert.Equal(now.AddSeconds(5), rule.Next(1, Busy(TimeSpan.FromSeconds(-9)), now, 0));
        Assert.Null(rule.Next(BackoffSchedule.Default.Attempts, Busy(TimeSpan.FromMinutes(2)), now, 0));
    }

    [Theory]
    [InlineData(200, DeliveryFault.None)]
    [InlineData(204, DeliveryFault.None)]
    [InlineData(302, DeliveryFault.Redirect)]
    [InlineData(400, DeliveryFault.Refused)]
    [InlineData(401, DeliveryFault.Unavailable)]
    [InlineData(404, DeliveryFault.Unavailable)]
    [InlineData(408, DeliveryFault.Unavailable)]
    [InlineData(410, DeliveryFault.Gone)]
    [InlineData(422, DeliveryFault.Refused)]
    [InlineData(429, DeliveryFault.Unavailable)]
    [InlineData(500, DeliveryFault.Unavailable)]
    public void Status_means(int status, DeliveryFault fault) => Assert.Equal(fault, Attempt.OfStatus(status).Fault);

    [Fact]
    public void Faults_have_the_numbers_of_the_contract()
        => Assert.Equal(
            Enum.GetValues<Contracts.V1.DeliveryFailure>().Where(f => f != 0).Select(f => ((int)f, f.ToString())),
            Enum.GetValues<DeliveryFault>().Where(f => f != 0).Select(f => ((int)f, f.ToString())));

    private static Attempt Busy(TimeSpan retryAfter) => Attempt.OfStatus(429, retryAfter);
}
