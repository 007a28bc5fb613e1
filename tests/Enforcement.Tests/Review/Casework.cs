using Google.Protobuf.WellKnownTypes;
using Moderation.Contracts.V1;
using Moderation.Enforcement.Tests.Decisions;

namespace Moderation.Enforcement.Tests.Review;

/// <summary>Posts, verdicts and appeals of one tenant, so that a test reads as what people do.</summary>
internal sealed class Casework(EnforcementFixture enforcement, string tenant)
{
    public string Tenant => tenant;

    /// <summary>A rule's decision about a post with this score of hate: 0.6 loses reach, 0.9 is held.</summary>
    public Task<Decision> PostAsync(string post, double hate = 0.9, string account = "author", long revision = 1, long reach = 0, string text = "as posted")
        => DecideAsync(post, account, revision, reach, text, signals => signals.Scores.Add(new CategoryScore { Category = Contracts.V1.HarmCategory.Hate, Score = (float)hate }));

    /// <summary>A rule's decision that removes: certain fraud with a link.</summary>
    public Task<Decision> FraudAsync(string post, string account = "author")
        => DecideAsync(post, account, 1, 0, post, signals => signals.Scores.Add(new CategoryScore { Category = Contracts.V1.HarmCategory.FraudSpam, Score = 0.999f }));

    public async Task<Decision> DecideAsync(string post, string account, long revision, long reach, string text, Action<TextSignals> score)
    {
        var request = new DecidePostRequest
        {
            TenantId = tenant,
            Cause = "submit",
            Facts = new Contracts.V1.PostFacts
            {
                PostId = post,
                AccountId = account,
                Revision = revision,
                AuthorLanguage = "en",
                TextLength = text.Length,
                LinkCount = 1,
                Fingerprint = text,
                Reach = reach,
            },
            Text = new TextSignals { Status = Contracts.V1.SignalStatus.Available, ModelVersion = "test", Language = "en" },
            Media = new MediaSignals { Status = Contracts.V1.SignalStatus.NotApplicable },
            ReviewText = text,
        };
        score(request.Text);
        return (await enforcement.Client.DecidePostAsync(request, enforcement.AsService())).Decision;
    }

    public async Task<LeaseReviewTaskResponse> LeaseAsync(string person, Role role = Role.Reviewer, params string[] queues)
        => await enforcement.Reviews.LeaseReviewTaskAsync(new LeaseReviewTaskRequest { TenantId = tenant, Queues = { queues } }, enforcement.As(person, role));

    public async Task<CompleteReviewResponse> CompleteAsync(LeaseReviewTaskResponse leased, string person, Contracts.V1.Verdict verdict, Role role = Role.Reviewer)
        => await enforcement.Reviews.CompleteReviewAsync(
            new CompleteReviewRequest { TaskId = leased.Task.TaskId, LeaseToken = leased.Lease.Token, Verdict = verdict }, enforcement.As(person, role));

    /// <summary>Takes the first task and gives the verdict.</summary>
    public async Task<Decision> ReviewAsync(string person, Contracts.V1.Verdict verdict, Role role = Role.Reviewer)
        => (await CompleteAsync(await LeaseAsync(person, role), person, verdict, role)).Decision;

    public async Task<Appeal> AppealAsync(Decision decision, int measure = 0)
        => (await enforcement.Appeals.FileAppealAsync(
            new FileAppealRequest { DecisionId = decision.DecisionId, MeasureNumber = measure, Text = "It was irony." }, enforcement.AsService(tenant))).Appeal;

    public async Task<GetAccountStandingResponse> StandingAsync(string account = "author")
        => await enforcement.Client.GetAccountStandingAsync(new GetAccountStandingRequest { AccountId = account }, enforcement.AsService(tenant));

    public async Task<Decision> DirectAsync(string requestId, string post, string account, Contracts.V1.Verdict verdict, Role role = Role.Lead)
        => (await enforcement.Client.MakeDecisionAsync(
            new MakeDecisionRequest { TenantId = tenant, RequestId = requestId, PostId = post, AccountId = account, Verdict = verdict },
            enforcement.As("moderator", role))).Decision;

    public static Contracts.V1.Verdict LetStand => new() { Rationale = "It is a quotation in a news report." };

    public static Contracts.V1.Verdict Impose(Contracts.V1.MeasureKind kind, string clause = "hate", DateTimeOffset? end = null, string feature = "") => new()
    {
        Rationale = "It attacks people for their origin.",
        Measures = { new VerdictMeasure { Kind = kind, ClauseId = clause, EndTime = end is { } set ? Timestamp.FromDateTimeOffset(set) : null, Feature = feature } },
    };
}
