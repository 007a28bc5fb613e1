using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using Microsoft.Extensions.DependencyInjection;
using Moderation.Contracts.V1;
using Moderation.Enforcement.Host.Campaigns;
using Moderation.Enforcement.Host.Decisions;
using Moderation.Enforcement.Host.Policies;
using Moderation.Enforcement.Tests.Decisions;
using Moderation.Enforcement.Tests.Review;
using Moderation.ServiceDefaults.Errors;
using Xunit;

namespace Moderation.Enforcement.Tests.Policies;

/// <summary>The service without its background work, so that what the clock does by itself can be told from what a worker writes.</summary>
public sealed class CampaignFixture : EnforcementFixture
{
    public const string Author = "ada@test";
    public const string Tenant = "wave";

    protected override IReadOnlyDictionary<string, string?> Settings => new Dictionary<string, string?>
    {
        ["Work:Enabled"] = "false",
        ["Campaigns:LeastShadowPosts"] = "3",
        ["Review:DoubleReviewShare"] = "0",
        ["Review:SampleShare"] = "0",
    };

    internal CampaignService.CampaignServiceClient Campaigns => new(Invoker);

    internal PolicyService.PolicyServiceClient Policies => new(Invoker);

    internal PolicyCatalogue Catalogue => Services.GetRequiredService<PolicyCatalogue>();

    internal PolicyStateStore Store => Services.GetRequiredService<PolicyStateStore>();

    internal PolicyDesk Desk => Services.GetRequiredService<PolicyDesk>();

    internal CampaignReports Reports => Services.GetRequiredService<CampaignReports>();

    internal Casework Work => new(this, Tenant);

    internal Metadata AsAuthor => As(Author, Role.Policy);

    internal Metadata AsColleague => As("ben@test", Role.Lead);

    internal Metadata AsAuditor => As("anna@test", Role.Auditor);

    /// <summary>Ten days from now, posts with hate of 0.7 and more are held instead of losing reach only.</summary>
    internal CampaignPlan Plan(Action<CampaignPlan>? change = null)
    {
        var plan = new CampaignPlan
        {
            Categories = { Contracts.V1.HarmCategory.Hate },
            Reason = "A wave of hate.",
            Owner = "olga@test",
            StartTime = Timestamp.FromDateTimeOffset(Clock.GetUtcNow()),
            EndTime = Timestamp.FromDateTimeOffset(Clock.GetUtcNow().AddDays(10)),
            Thresholds = { new CampaignThreshold { Name = "hate_high", Value = 0.7 } },
            Budget = 100,
        };
        change?.Invoke(plan);
        return plan;
    }

    internal async Task<Contracts.V1.Campaign> CreateAsync(string id, CampaignPlan plan, Metadata? by = null)
        => (await Campaigns.CreateCampaignAsync(new CreateCampaignRequest { CampaignId = id, Plan = plan }, by ?? AsAuthor)).Campaign;

    internal async Task<Contracts.V1.Campaign> ApproveAsync(string id, Metadata? by = null)
        => (await Campaigns.ApproveCampaignAsync(new ApproveCampaignRequest { CampaignId = id, Reason = "Read." }, by ?? AsColleague)).Campaign;

    internal async Task<Contracts.V1.Campaign> LiveAsync(string id)
        => (await Campaigns.PutCampaignLiveAsync(new PutCampaignLiveRequest { CampaignId = id, Reason = "Seen in shadow." }, AsAuthor)).Campaign;

    internal async Task<Contracts.V1.Campaign> EndAsync(string id)
        => (await Campaigns.EndCampaignAsync(new EndCampaignRequest { CampaignId = id, Reason = "It is over." }, AsColleague)).Campaign;

    internal async Task<Contracts.V1.Campaign> GetAsync(string id)
        => (await Campaigns.GetCampaignAsync(new GetCampaignRequest { CampaignId = id }, AsAuditor)).Campaign;

    internal async Task<CampaignReport> ReportAsync(string id)
        => (await Campaigns.GetCampaignReportAsync(new GetCampaignReportRequest { CampaignId = id }, AsAuditor)).Report;

    /// <summary>Creates a campaign, lets its shadow see three plain posts, and puts it live.</summary>
    internal async Task GoLiveAsync(string id, Action<CampaignPlan>? change = null)
    {
        await CreateAsync(id, Plan(change));
        for (var i = 0; i < 3; i++)
        {
            await PostAsync($"{id}-shadow-{i}", 0.01);
        }

        await LiveAsync(id);
    }

    /// <summary>A post with this score of hate: without a campaign 0.5 and more loses reach, 0.8 and more is held.</summary>
    internal async Task<Decision> PostAsync(string post, double hate = 0.75, string channel = "", string language = "en", string cause = "submit", string account = "")
        => (await Client.DecidePostAsync(
            new DecidePostRequest
            {
                TenantId = Tenant,
                Cause = cause,
                Facts = new Contracts.V1.PostFacts
                {
                    PostId = post,
                    AccountId = account.Length > 0 ? account : "of-" + post,
                    ChannelId = channel,
                    Revision = 1,
                    AuthorLanguage = "en",
                    TextLength = 20,
                    Fingerprint = post,
                },
                Text = new TextSignals
                {
                    Status = Contracts.V1.SignalStatus.Available,
                    ModelVersion = "test",
                    Language = language,
                    Scores = { new CategoryScore { Category = Contracts.V1.HarmCategory.Hate, Score = (float)hate } },
                },
                Media = new MediaSignals { Status = Contracts.V1.SignalStatus.NotApplicable },
                ReviewText = post,
            },
            AsService())).Decision;

    internal async Task<DecisionRecord> RecordAsync(Decision decision)
        => (await Services.GetRequiredService<DecisionStore>().FindRecordAsync(decision.DecisionId))!; // it was just made

    internal async Task<ReplayDecisionResponse> ReplayAsync(Decision decision)
        => await Policies.ReplayDecisionAsync(new ReplayDecisionRequest { DecisionId = decision.DecisionId }, As("anna@test", Role.Auditor));

    internal Task CloseAsync() => Services.GetRequiredService<CampaignCloser>().StepAsync(CancellationToken.None);

    internal static Contracts.V1.MeasureKind[] Kinds(Decision decision) => [.. decision.Measures.Select(m => m.Kind)];

    internal static async Task RefusedAsync(ErrorReason reason, Func<Task> call)
        => Assert.Equal(reason, RpcErrors.ReasonOf(await Assert.ThrowsAsync<RpcException>(call)));

    internal static async Task<string> MissingAsync(Func<Task> call)
    {
        var closed = await Assert.ThrowsAsync<RpcException>(call);
        Assert.Equal(ErrorReason.PolicyGateClosed, RpcErrors.ReasonOf(closed));
        return closed.GetRpcStatus()!.GetDetail<Google.Rpc.ErrorInfo>()!.Metadata["missing"]; // of the reason just asserted
    }
}
