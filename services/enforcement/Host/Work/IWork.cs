namespace Moderation.Enforcement.Host.Work;

/// <summary>Work in the background that one replica at a time should do. Doing it twice is harmless, only wasteful.</summary>
internal interface IWork
{
    /// <summary>Its name, for the lease and the log.</summary>
    string Name { get; }

    /// <summary>How long to rest when nothing is left to do.</summary>
    TimeSpan Interval { get; }

    /// <summary>Does a bounded part of it. What it has done is stored when it returns, so that another replica can go on from there.</summary>
    /// <returns>Whether there is more to do now.</returns>
    Task<bool> StepAsync(CancellationToken cancellationToken);
}
