using Microsoft.Extensions.DependencyInjection;
using Moderation.Contracts.V1;
using Moderation.Enforcement.Tests.Reports;
using Moderation.Enforcement.Tests.Review;
using Moderation.ServiceDefaults.Auth;
using Moderation.ServiceDefaults.Redis;

namespace Moderation.Enforcement.Tests.ChildSafety;

/// <summary>A post whose picture is in a hash list of child sexual exploitation, and the people who look at it.</summary>
internal sealed class ChildSafetyPost(ReportFixture enforcement, string tenant)
{
    public static string MediaId { get; } = "m_" + new string('a', 64);

    /// <summary>The rule's decision: it is removed, and two people have to look.</summary>
    public async Task<Decision> RemovedAsync(string post, string text)
    {
        await enforcement.Services.GetRequiredService<PostOwnerStore>().BindAsync(tenant, post, "author");
        var request = new DecidePostRequest
        {
            TenantId = tenant,
            Cause = "submit",
            Facts = new Contracts.V1.PostFacts { PostId = post, AccountId = "author", Revision = 1, AuthorLanguage = "en", TextLength = text.Length, MediaIds = { MediaId } },
            Text = new TextSignals { Status = Contracts.V1.SignalStatus.Available, ModelVersion = "test", Language = "en" },
            Media = new MediaSignals
            {
                Status = Contracts.V1.SignalStatus.Available,
                BankVersion = 1,
                Matches =
                {
                    new Contracts.V1.BankMatch
                    {
                        MediaId = MediaId, BankId = "hotline", EntryId = "e1", Category = Contracts.V1.HarmCategory.ChildSexualExploitation,
                        Kind = Contracts.V1.HashKind.Sha256, Quality = 100,
                    },
                },
            },
            ReviewText = text,
        };
        return (await enforcement.Client.DecidePostAsync(request, enforcement.AsService())).Decision;
    }

    /// <summary>Two people confirm it.</summary>
    public async Task<Decision> ConfirmAsync()
    {
        Decision? decision = null;
        foreach (var person in new[] { "cleared-1", "cleared-2" })
        {
            var headers = enforcement.As(person, Role.Reviewer, Person.ChildSafety);
            var leased = await enforcement.Reviews.LeaseReviewTaskAsync(new LeaseReviewTaskRequest { TenantId = tenant, Queues = { "child-safety" } }, headers);
            decision = (await enforcement.Reviews.CompleteReviewAsync(
                new CompleteReviewRequest
                {
                    TaskId = leased.Task.TaskId,
                    LeaseToken = leased.Lease.Token,
                    Verdict = Casework.Impose(Contracts.V1.MeasureKind.Remove, "child-safety"),
                },
                headers)).Decision;
        }

        return decision!; // the second verdict decides
    }

    public Task<Decision> DirectAsync(string request, Contracts.V1.Verdict verdict) => new Casework(enforcement, tenant).DirectAsync(request, "p1", "author", verdict);
}
