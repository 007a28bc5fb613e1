using Xunit;

namespace Moderation.Enforcement.Tests.Reports;

public sealed class ReportPriorityTests
{
    [Theory]
    [InlineData(0, 0, 0.5)]
    [InlineData(2, 2, 2.0 / 3)]
    [InlineData(0, 16, 0.1)]
    [InlineData(200, 200, 202.0 / 204)]
    public void Value_is_the_mean_of_the_published_distribution(int acted, int decided, double expected)
        => Assert.Equal(expected, new ReporterReliability(acted, decided).Value, 12);

    [Fact]
    public void Bonus_is_bounded_and_grows_with_every_report_that_was_right()
    {
        for (var decided = 0; decided <= ReporterReliability.Window; decided++)
        {
            TimeSpan? before = null;
            for (var acted = 0; acted <= decided; acted++)
            {
                var bonus = ReportPriority.BonusOf(new ReporterReliability(acted, decided));
                Assert.InRange(bonus, ReportPriority.Doubted, TimeSpan.FromHours(1));
                Assert.True(before is null || bonus >= before, $"{acted} of {decided}");
                before = bonus;
            }
        }
    }

    [Theory]
    [InlineData(0, 19, false)]
    [InlineData(0, 20, true)]
    [InlineData(1, 20, false)]
    [InlineData(15, 200, true)]
    public void Only_many_reports_that_led_to_nothing_are_doubted(int acted, int decided, bool abusive)
        => Assert.Equal(abusive, new ReporterReliability(acted, decided).IsAbusive);

    [Fact]
    public void Schedule_of_reports_to_the_receiver_doubles_to_six_hours_and_never_ends()
    {
        Assert.Equal(TimeSpan.FromSeconds(30), AuthorityReportSchedule.WaitAfter(1, 0.5));
        Assert.Equal(TimeSpan.FromSeconds(60), AuthorityReportSchedule.WaitAfter(2, 0.5));
        Assert.Equal(TimeSpan.FromHours(6), AuthorityReportSchedule.WaitAfter(1_000_000, 0.5));
        Assert.Equal(TimeSpan.FromSeconds(24), AuthorityReportSchedule.WaitAfter(1, 0));
        Assert.Equal(TimeSpan.FromSeconds(36), AuthorityReportSchedule.WaitAfter(1, 1));
    }
}
