namespace Moderation.Enforcement.Host.Review;

/// <summary>How the work of reviewers is laid out. Section <c>Review</c>.</summary>
internal sealed class ReviewOptions
{
    public const string Section = "Review";

    /// <summary>How long a lease holds unless it is renewed; 1 minute to 8 hours.</summary>
    public TimeSpan LeaseTime { get; set; } = TimeSpan.FromMinutes(15);

    /// <summary>Share of tasks on which two people have to agree, 0..1; tasks of the child-safety queue always need two.</summary>
    public double DoubleReviewShare { get; set; } = 0.05;

    /// <summary>Share of posts without a measure that are reviewed all the same, so that what is missed can be estimated; 0..0.1.</summary>
    public double SampleShare { get; set; } = 0.001;

    /// <summary>What the shares are drawn with; another number draws other posts.</summary>
    public long SampleSeed { get; set; }

    /// <summary>Until when a post that is hidden should have been looked at.</summary>
    public TimeSpan HeldDue { get; set; } = TimeSpan.FromHours(4);

    /// <summary>Until when a task of the child-safety queue, or one of severity 4, should be done.</summary>
    public TimeSpan UrgentDue { get; set; } = TimeSpan.FromHours(1);

    /// <summary>Until when any other task should be done.</summary>
    public TimeSpan Due { get; set; } = TimeSpan.FromHours(48);

    /// <summary>Until when an appeal should be decided.</summary>
    public TimeSpan AppealDue { get; set; } = TimeSpan.FromDays(7);

    public bool IsValid() => LeaseTime >= TimeSpan.FromMinutes(1) && LeaseTime <= TimeSpan.FromHours(8) && DoubleReviewShare is >= 0 and <= 1
        && SampleShare is >= 0 and <= 0.1 && HeldDue > TimeSpan.Zero && UrgentDue > TimeSpan.Zero && Due > TimeSpan.Zero && AppealDue > TimeSpan.Zero;
}
