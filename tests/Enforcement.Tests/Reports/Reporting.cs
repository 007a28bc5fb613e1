using Grpc.Core;
using Microsoft.Extensions.DependencyInjection;
using Moderation.Contracts.V1;
using Moderation.Enforcement.Tests.Review;
using Moderation.ServiceDefaults.Errors;
using Moderation.ServiceDefaults.Redis;
using Xunit;

namespace Moderation.Enforcement.Tests.Reports;

/// <summary>Posts, reports and verdicts of one tenant, so that a test reads as what people do.</summary>
internal sealed class Reporting(ReportFixture enforcement, string tenant)
{
    public Casework Work { get; } = new(enforcement, tenant);

    /// <summary>A post as ingest hands it on: with its account bound. 0.1 is let stand.</summary>
    public async Task<Decision> PostAsync(string post, double hate = 0.1, string account = "author", long revision = 1)
    {
        await enforcement.Services.GetRequiredService<PostOwnerStore>().BindAsync(tenant, post, account);
        return await Work.PostAsync(post, hate, account, revision, text: $"{post} as posted, {revision}");
    }

    public async Task<Report> ReportAsync(
        string post, string reporter = "reporter", Contracts.V1.HarmCategory category = Contracts.V1.HarmCategory.Harassment, string flagger = "", string text = "")
        => (await enforcement.Reports.FileReportAsync(
            new FileReportRequest
            {
                PostId = post,
                ReporterId = reporter,
                Category = category,
                Explanation = "It is aimed at my neighbour.",
                TrustedFlaggerId = flagger,
                PostText = text,
            },
            enforcement.AsService(tenant))).Report;

    public async Task<Report> ReceiptAsync(string report)
        => (await enforcement.Reports.GetReportAsync(new GetReportRequest { ReportId = report }, enforcement.AsService(tenant))).Report;

    public async Task<ListReportsResponse> ListAsync(string post = "", bool undecided = false, int size = 0, string token = "", params string[] clearances)
        => await enforcement.Reports.ListReportsAsync(
            new ListReportsRequest { TenantId = tenant, PostId = post, UndecidedOnly = undecided, PageSize = size, PageToken = token },
            enforcement.As("ann", Role.Reviewer, clearances));

    public async Task<TrustedFlagger> AddFlaggerAsync(string id, string name = "A hotline", params Contracts.V1.HarmCategory[] categories)
        => (await enforcement.Reports.AddTrustedFlaggerAsync(
            new AddTrustedFlaggerRequest { TenantId = tenant, Flagger = new TrustedFlagger { FlaggerId = id, Name = name, Categories = { categories } } },
            enforcement.As("root", Role.Admin))).Flagger;

    public async Task<ReviewTask> OnlyTaskAsync(string queue = "general", params string[] clearances)
        => Assert.Single((await enforcement.Reviews.ListReviewTasksAsync(
            new ListReviewTasksRequest { TenantId = tenant, Queue = queue }, enforcement.As("ann", Role.Reviewer, clearances))).Tasks);

    public async Task<double?> RankAsync(ReviewTask task)
        => await enforcement.Database.SortedSetScoreAsync(KeySpace.ReviewQueue(enforcement.ShardOf(tenant, task.AccountId), tenant, task.Queue), task.TaskId);

    public async Task<IReadOnlyList<ReportDecided>> ToldAsync(string account = "author")
        => [.. (await enforcement.EventsAsync(tenant, account)).Where(e => e.ReportDecided is not null).Select(e => e.ReportDecided)];

    public Task WithdrawAsync(string post, string account = "author")
        => enforcement.Client.RecordWithdrawalAsync(new RecordWithdrawalRequest { TenantId = tenant, PostId = post, AccountId = account }, enforcement.AsService()).ResponseAsync;

    public static async Task<ErrorReason> ReasonOf(Func<Task> call) => RpcErrors.ReasonOf(await Assert.ThrowsAsync<RpcException>(call));

    public static Contracts.V1.Verdict Remove => Casework.Impose(Contracts.V1.MeasureKind.Remove, "harassment");
}
