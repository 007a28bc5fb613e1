using Moderation.ModCtl.Shell;
using Moderation.ModCtl.Submit;
using Moderation.ModCtl.Tests.Fakes;

namespace Moderation.ModCtl.Tests.Submit;

public sealed class ProgressFileTests : IDisposable
{
    private static readonly Uri Address = new("http://127.0.0.1:8081");
    private static readonly Verdict Removed = new([("FRAUD_SPAM", "REMOVE")]);
    private static readonly Verdict Stands = new([("-", "NO_ACTION")]);
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Open_again_knows_what_was_decided()
    {
        using (var first = Open())
        {
            first.Add("p1", Removed);
            first.Add("p2", Stands);
        }

        using var second = Open();
        Assert.Equal(2, second.EarlierCount);
        Assert.Equal(1, second.EarlierVerdicts[("FRAUD_SPAM", "REMOVE")]);
        Assert.True(second.Skip("p1"));
        Assert.False(second.Skip("p1"), "a second row with this id is another submission");
        Assert.False(second.Skip("p3"));
    }

    [Theory]
    [InlineData("p2")]
    [InlineData("p2\tFRAUD_SPAM")]
    [InlineData("p2\tFRAUD_SPAM:RE")]
    public void Open_after_a_kill_in_the_middle_of_a_line_loses_only_that_line(string half)
    {
        using (var first = Open())
        {
            first.Add("p1", Stands);
        }

        File.AppendAllText(_folder.Of("x.progress"), half);
        using (var second = Open())
        {
            Assert.True(second.Skip("p1"));
            second.Add("p3", Stands);
        }

        using var third = Open();
        Assert.True(third.Skip("p1"));
        Assert.True(third.Skip("p3"));
    }

    [Fact]
    public void Open_for_another_address_is_refused()
    {
        Open().Dispose();
        var failure = Assert.Throws<UsageException>(() => ProgressFile.Open(_folder.Of("x.progress"), new Uri("http://10.0.0.1:8081"), TimeProvider.System));
        Assert.Contains("http://127.0.0.1:8081/", failure.Message);
    }

    [Fact]
    public void Open_another_kind_of_file_is_refused_and_leaves_it()
    {
        var path = _folder.Write("x.progress", "something else\n");
        Assert.Throws<UsageException>(Open);
        Assert.Equal("something else\n", File.ReadAllText(path));
    }

    [Fact]
    public void Open_while_another_run_has_it_is_refused()
    {
        using var first = Open();
        Assert.Contains("Is another run using it?", Assert.Throws<UsageException>(Open).Message);
    }

    private ProgressFile Open() => ProgressFile.Open(_folder.Of("x.progress"), Address, TimeProvider.System);
}
