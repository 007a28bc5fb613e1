using Moderation.Enforcement.Host.Appeals;
using Moderation.Enforcement.Host.Decisions;

namespace Moderation.Enforcement.Host.Review;

/// <summary>Review and appeals.</summary>
internal static class ReviewServices
{
    public static IServiceCollection AddReview(this IServiceCollection services)
    {
        services.AddOptions<ReviewOptions>().BindConfiguration(ReviewOptions.Section)
            .Validate(o => o.IsValid(), "Review: LeaseTime must be 1 minute to 8 hours, DoubleReviewShare 0..1, SampleShare 0..0.1, and each Due above 0.")
            .ValidateOnStart();
        services.AddSingleton<ActionStore>();
        services.AddSingleton<ReviewTasks>();
        services.AddSingleton<ReviewQueue>();
        services.AddSingleton<ReviewFigureStore>();
        services.AddSingleton<AppealStore>();
        services.AddSingleton<TaskIntake>();
        services.AddSingleton<ReviewDesk>();
        services.AddSingleton<LaterFindings>();
        services.AddSingleton<TaskMarkStore>();
        services.AddSingleton<Rpc.ReviewRpc>();
        services.AddSingleton<Rpc.AppealRpc>();
        services.AddSingleton<Rpc.ReviewTaskRpc>();
        return services;
    }
}
