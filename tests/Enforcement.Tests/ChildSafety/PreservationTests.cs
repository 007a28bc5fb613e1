using System.Text;
using Grpc.Core;
using Microsoft.Extensions.DependencyInjection;
using Moderation.Contracts.V1;
using Moderation.Enforcement.Host.ChildSafety;
using Moderation.Enforcement.Tests.Reports;
using Moderation.Enforcement.Tests.Review;
using Moderation.ServiceDefaults.Auth;
using Moderation.ServiceDefaults.Redis;
using Moderation.Testing;
using Xunit;

namespace Moderation.Enforcement.Tests.ChildSafety;

/// <summary>Enforcement with a key for preserved texts, a receiver that is away until a test starts it, and a law that delays notices.</summary>
public sealed class PreservationFixture : ReportFixture, IDisposable
{
    private readonly string _key = Path.GetTempFileName();

    public PreservationFixture() => File.WriteAllText(_key, new string('p', 32));

    public int Port { get; } = RedisServer.FreePort();

    protected override IReadOnlyDictionary<string, string?> Settings => base.Settings.Concat(new Dictionary<string, string?>
    {
        ["ChildSafety:PreservationKeyFile"] = _key,
        ["ChildSafety:Report:Url"] = $"http://127.0.0.1:{Port}/reports",
        ["ChildSafety:Report:KeyFile"] = _key,
        ["ChildSafety:Report:Provider"] = "Example Ltd",
        ["ChildSafety:NoticeDelay"] = "14.00:00:00",
        ["ChildSafety:NoticeDelayGround"] = "Section 1 of the Example Act",
    }).ToDictionary();

    public void Dispose() => File.Delete(_key);
}

public sealed class PreservationTests(PreservationFixture enforcement) : IClassFixture<PreservationFixture>
{
    private const string Text = "a text that must lie nowhere in the clear";

    private Metadata Cleared(string person = "lead", Role role = Role.Lead) => enforcement.As(person, role, Person.ChildSafety);

    private async Task<GetPreservationResponse> GetAsync(Decision decision)
        => await enforcement.Preservations.GetPreservationAsync(
            new GetPreservationRequest { PreservationId = Preservations.IdOf(decision.DecisionId) }, Cleared());

    private async Task SendAsync() => await enforcement.Services.GetRequiredService<AuthorityReporter>().SendDueAsync(CancellationToken.None);

    // The service's own round may be at it as well once the clock has moved; whoever sends, this is what it comes to.
    private async Task<Preservation> UntilAsync(Decision decision, AuthorityReportState state, int attempts)
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        while (true)
        {
            patience.Token.ThrowIfCancellationRequested();
            await SendAsync();
            if ((await GetAsync(decision)).Preservation is { } found && found.ReportState == state && found.ReportAttempts == attempts)
            {
                return found;
            }
        }
    }

    [Fact]
    public async Task Removal_preserves_facts_and_fingerprints_with_the_text_under_the_operators_key()
    {
        var post = new ChildSafetyPost(enforcement, "preserved");
        var removed = await post.RemovedAsync("p1", Text);
        var kept = await GetAsync(removed);
        Assert.Equal((PreservedTextState.Encrypted, AuthorityReportState.NotDue), (kept.Preservation.TextState, kept.Preservation.ReportState));
        Assert.Equal((Text, removed), (kept.Text, kept.Content.Decision));
        Assert.Equal(ChildSafetyPost.MediaId, Assert.Single(kept.Content.Matches).MediaId);
        Assert.Equal("author", kept.Content.Facts.AccountId);
        Assert.Equal(TimeSpan.FromDays(90), kept.Preservation.ExpireTime.ToDateTimeOffset() - kept.Preservation.CreateTime.ToDateTimeOffset());
        Assert.Equal("18 U.S.C. 2258A(h)", kept.Preservation.LegalGround);
        var key = KeySpace.Preservation(enforcement.ShardOf("preserved", "author"), kept.Preservation.PreservationId);
        var stored = (byte[])(await enforcement.Database.HashGetAsync(key, "r"))!;
        Assert.Equal(-1, stored.AsSpan().IndexOf(Encoding.UTF8.GetBytes(Text)));
        Assert.Equal(
            ["preservation.read"], (await enforcement.ActionsAsync("preserved", "author")).Select(a => a.Action).Where(a => a.StartsWith("preservation", StringComparison.Ordinal)));
        // The law that delays the notice is on record with it, and the notice is written all the same.
        Assert.NotEmpty(removed.Notice.Body);
        Assert.Equal(TimeSpan.FromDays(14), removed.Notice.NotBeforeTime.ToDateTimeOffset() - removed.CreateTime.ToDateTimeOffset());
        Assert.Equal("Section 1 of the Example Act", removed.Notice.DelayGround);
        Assert.Null((await new Casework(enforcement, "preserved").PostAsync("p2", 0.9)).Notice.NotBeforeTime);
    }

    [Fact]
    public async Task Reading_needs_the_clearance_and_the_tenant_and_each_read_is_audited()
    {
        var removed = await new ChildSafetyPost(enforcement, "guarded").RemovedAsync("p1", Text);
        var request = new GetPreservationRequest { PreservationId = Preservations.IdOf(removed.DecisionId) };
        async Task Read(Metadata headers) => await enforcement.Preservations.GetPreservationAsync(request, headers);
        Assert.Equal(ErrorReason.ClearanceDenied, await Reporting.ReasonOf(() => Read(enforcement.As("lead", Role.Lead))));
        Assert.Equal(ErrorReason.RoleDenied, await Reporting.ReasonOf(() => Read(Cleared("ann", Role.Reviewer))));
        Assert.Equal(ErrorReason.AccessDenied, await Reporting.ReasonOf(() => Read(enforcement.AsService("guarded"))));
        var stranger = enforcement.Services.GetRequiredService<PeopleTokens>()
            .Issue(Person.Of("lead@elsewhere", [Role.Lead], ["elsewhere"], [Person.ChildSafety]), TimeSpan.FromHours(1));
        Assert.Equal(ErrorReason.PreservationNotFound, await Reporting.ReasonOf(() => Read(new Metadata { { "authorization", "Bearer " + stranger } })));
        Assert.DoesNotContain(await enforcement.ActionsAsync("guarded", "author"), a => a.Action == "preservation.read");
        await Read(Cleared());
        await Read(Cleared("auditor", Role.Auditor));
        Assert.Equal(["lead", "auditor"], (await enforcement.ActionsAsync("guarded", "author")).Where(a => a.Action == "preservation.read").Select(a => a.Actor));
        var listed = await enforcement.Preservations.ListPreservationsAsync(new ListPreservationsRequest { TenantId = "guarded" }, Cleared());
        Assert.Equal(request.PreservationId, Assert.Single(listed.Preservations).PreservationId);
        Assert.Contains(await enforcement.ActionsAsync("guarded", ""), a => a is { Action: "preservation.listed", Actor: "lead" });
        enforcement.Clock.Advance(TimeSpan.FromDays(90));
        Assert.Equal(ErrorReason.PreservationNotFound, await Reporting.ReasonOf(() => Read(Cleared())));
        Assert.Empty((await enforcement.Preservations.ListPreservationsAsync(new ListPreservationsRequest { TenantId = "guarded" }, Cleared())).Preservations);
    }

    [Fact]
    public async Task Confirmed_report_is_sent_until_the_receiver_takes_it_once_and_with_one_id()
    {
        var post = new ChildSafetyPost(enforcement, "reported");
        await post.RemovedAsync("p1", Text);
        var confirmed = await post.ConfirmAsync();
        Assert.Equal(Text, (await GetAsync(confirmed)).Text); // the text lay beside the rule's decision
        await Task.WhenAll(SendAsync(), SendAsync(), SendAsync());
        Assert.Equal("CONNECTION", (await UntilAsync(confirmed, AuthorityReportState.Failing, 1)).ReportFailure);

        await using var receiver = new Receiver();
        receiver.Answer(503);
        await receiver.StartAsync(enforcement.Port);
        await SendAsync();
        Assert.Empty(receiver.Reports); // not before its time
        enforcement.Clock.Advance(TimeSpan.FromMinutes(1));
        Assert.Equal("HTTP 503", (await UntilAsync(confirmed, AuthorityReportState.Failing, 2)).ReportFailure);
        enforcement.Clock.Advance(TimeSpan.FromMinutes(2));
        var sent = await UntilAsync(confirmed, AuthorityReportState.Sent, 3);
        Assert.Equal("", sent.ReportFailure);
        Assert.NotNull(sent.ReportTime);
        enforcement.Clock.Advance(TimeSpan.FromDays(2));
        await Task.WhenAll(SendAsync(), SendAsync());
        Assert.Equal([sent.PreservationId, sent.PreservationId], receiver.Reports.Select(r => r.Id));
        Assert.All(receiver.Reports, r => Assert.Equal("Bearer " + new string('p', 32), r.Authorization));
        var body = receiver.Reports.Last().Body.RootElement;
        Assert.Equal(sent.PreservationId, body.GetProperty("report").GetProperty("reportId").GetString());
        Assert.Equal("author", body.GetProperty("report").GetProperty("personOrUserReported").GetProperty("espIdentifier").GetString());
        var file = body.GetProperty("fileDetails")[0];
        Assert.Equal(new string('a', 64), file.GetProperty("originalFileHash")[0].GetProperty("value").GetString());
        Assert.False(file.GetProperty("fileViewedByEsp").GetBoolean());
        Assert.DoesNotContain(Text, body.GetRawText(), StringComparison.Ordinal);
        Assert.Single(await enforcement.ActionsAsync("reported", "author"), a => a.Action == "authority_report.sent");
        // Confirmed again by a person, it is not reported again.
        var again = await post.DirectAsync("again", Casework.Impose(Contracts.V1.MeasureKind.Remove, "child-safety"));
        Assert.Equal(AuthorityReportState.NotDue, (await GetAsync(again)).Preservation.ReportState);
    }

    [Fact]
    public async Task Report_that_was_not_sent_is_cancelled_when_a_person_finds_otherwise()
    {
        var post = new ChildSafetyPost(enforcement, "cancelled");
        await post.RemovedAsync("p1", Text);
        var confirmed = await post.ConfirmAsync();
        Assert.Equal(AuthorityReportState.Pending, (await GetAsync(confirmed)).Preservation.ReportState);
        await post.DirectAsync("overturned", Casework.LetStand);
        await UntilAsync(confirmed, AuthorityReportState.Cancelled, 0);
        Assert.Contains(await enforcement.ActionsAsync("cancelled", "author"), a => a.Action == "authority_report.cancelled");
    }

    [Fact]
    public void Text_opens_only_in_its_record_under_its_key_and_unchanged()
    {
        var sealer = enforcement.Services.GetRequiredService<TextSealer>();
        var sealedText = sealer.Seal(Text, "p_1_a");
        Assert.Equal(Text, sealer.Open(sealedText, "p_1_a"));
        Assert.Null(sealer.Open(sealedText, "p_1_b"));
        Assert.NotEqual(sealedText, sealer.Seal(Text, "p_1_a"));
        Assert.Null(new TextSealer(Microsoft.Extensions.Options.Options.Create(new ChildSafetyOptions())).Open(sealedText, "p_1_a"));
        for (var i = 0; i < sealedText.Length; i++)
        {
            sealedText[i] ^= 1;
            Assert.Null(sealer.Open(sealedText, "p_1_a"));
            sealedText[i] ^= 1;
        }
    }

    [Theory]
    [InlineData(89, "ChildSafety:PreserveFor")]
    [InlineData(366, "ChildSafety:PreserveFor")]
    [InlineData(90, "")]
    [InlineData(365, "")]
    public void Time_of_preservation_has_a_minimum_and_a_maximum(int days, string key)
        => Assert.StartsWith(key, new ChildSafetyOptions { PreserveFor = TimeSpan.FromDays(days) }.Fault(), StringComparison.Ordinal);

    [Theory]
    [InlineData("http://receiver.example/reports", "ChildSafety:Report:Url")]
    [InlineData("reports", "ChildSafety:Report:Url")]
    [InlineData("https://receiver.example/reports", "ChildSafety:Report:KeyFile")]
    public void Receiver_must_be_https_and_have_its_token(string url, string key)
        => Assert.StartsWith(key, new ChildSafetyOptions { Report = new AuthorityReportOptions { Url = url } }.Fault(), StringComparison.Ordinal);

    [Fact]
    public void Notice_is_delayed_by_42_days_at_most_and_on_a_ground()
    {
        Assert.StartsWith("ChildSafety:NoticeDelay ", new ChildSafetyOptions { NoticeDelay = TimeSpan.FromDays(43) }.Fault(), StringComparison.Ordinal);
        Assert.StartsWith("ChildSafety:NoticeDelayGround", new ChildSafetyOptions { NoticeDelay = TimeSpan.FromDays(42) }.Fault(), StringComparison.Ordinal);
    }
}

public sealed class PreservationWithoutKeyTests(ReportFixture enforcement) : IClassFixture<ReportFixture>
{
    [Fact]
    public async Task Without_a_key_and_a_receiver_the_record_says_so_and_holds_no_text()
    {
        var post = new ChildSafetyPost(enforcement, "plain");
        await post.RemovedAsync("p1", "a text");
        var confirmed = await post.ConfirmAsync();
        var kept = await enforcement.Preservations.GetPreservationAsync(
            new GetPreservationRequest { PreservationId = Preservations.IdOf(confirmed.DecisionId) }, enforcement.As("lead", Role.Lead, Person.ChildSafety));
        Assert.Equal((PreservedTextState.NoKey, AuthorityReportState.NoReceiver, ""), (kept.Preservation.TextState, kept.Preservation.ReportState, kept.Text));
        Assert.Null(confirmed.Notice.NotBeforeTime);
        Assert.Empty(await enforcement.Services.GetRequiredService<PreservationStore>().ClaimDueAsync(TimeSpan.FromMinutes(1)));
    }

    [Fact]
    public async Task Decisions_about_other_harms_preserve_nothing()
    {
        await new Casework(enforcement, "other").PostAsync("p1");
        Assert.Empty((await enforcement.Preservations.ListPreservationsAsync(
            new ListPreservationsRequest { TenantId = "other" }, enforcement.As("lead", Role.Lead, Person.ChildSafety))).Preservations);
    }
}
