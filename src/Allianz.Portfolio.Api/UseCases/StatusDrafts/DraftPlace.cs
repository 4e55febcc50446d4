using Allianz.Portfolio.Api.Database;
using Allianz.Portfolio.Api.Errors;
using Allianz.Portfolio.Api.Kinds.Snapshots;
using Allianz.Portfolio.Api.Security;
using Allianz.Portfolio.Api.UseCases.StatusUpdates;
using Allianz.Portfolio.Domain;
using Allianz.Portfolio.Domain.Kinds;
using AutoMapper;

namespace Allianz.Portfolio.Api.UseCases.StatusDrafts;

/// <summary>Where a draft has its place: a project, a partner, and the cycle that a status update of today would count for.</summary>
internal sealed record DraftPlace(Guid Id, string Project, bool Archived, Reference Partner, ReportingCycle? Cycle)
{
    private static readonly Statement _project = new(from =>
        $"SELECT p.Id, p.[Key], p.Archived FROM {from.Projects("p")} WHERE p.[Key] = @key"
    );

    private static readonly Statement _partner = new(from =>
        $"SELECT o.[Key], o.Name FROM {from.Shared("Partner", "o")} WHERE o.[Key] = @key"
    );

    private static readonly Statement _find = new(_ =>
        "SELECT d.Content, d.SavedAt FROM StatusDraft d WHERE d.Project = @project AND d.Cycle = @cycle AND d.Partner = @partner"
    );

    private static readonly Statement _remove = new(_ =>
        "DELETE FROM StatusDraft WHERE Project = @project AND Cycle = @cycle AND Partner = @partner"
    );

    private static readonly Statement _discard = new(_ =>
        "DELETE FROM StatusDraft WHERE Project = @project AND Cycle = @cycle AND Partner = @partner AND SavedAt = @before"
    );

    /// <summary>404 where the caller sees no such project, 403 where the draft is not its own to see.</summary>
    public static async Task<DraftPlace> FindAsync(
        Session session,
        IMapper mapper,
        Caller caller,
        Right right,
        (string Project, string Partner) keys,
        DateOnly today,
        CancellationToken ct
    )
    {
        var view = caller.ViewAt(today);
        var (projectKey, partnerKey) = (keys.Project.ToLowerInvariant(), keys.Partner.ToLowerInvariant());
        var project =
            await session.FirstAsync<ProjectLine>(_project, view, new { key = projectKey }, ct)
            ?? throw Problem.NotFound("project", keys.Project);
        await session.AuthorizeAsync(caller, right, project.Id, project.Key, today, [], [partnerKey], ct);
        var partner =
            await session.FirstAsync<PartnerLine>(_partner, view, new { key = partnerKey }, ct)
            ?? throw Problem.NotFound("partner", keys.Partner);
        var cycles = await SnapshotReader.CyclesAsync(session, view, ct);
        var cycle = await PrepareStatusUpdate.CycleAsync(session, mapper, view, (project.Key, partner.Key), cycles, today, ct);
        return new(project.Id, project.Key, project.Archived, new(partner.Key, partner.Name), cycle);
    }

    /// <summary>What is saved there, or null.</summary>
    public async Task<StatusDraftRow?> SavedAsync(Session session, CancellationToken ct) =>
        Cycle is null ? null : await session.FirstAsync<StatusDraftRow>(_find, null, Keys(), ct);

    /// <summary>Removes what was found there; false when it is not there any more as it was found.</summary>
    public async Task<bool> RemoveAsync(Session session, StatusDraftRow saved, CancellationToken ct) =>
        await session.ExecuteAsync(_discard, Keys(saved.SavedAt), ct) == 1;

    /// <summary>Removes what is saved there.</summary>
    public static Task RemoveAsync(Session session, string project, string cycle, string partner, CancellationToken ct) =>
        session.ExecuteAsync(
            _remove,
            new
            {
                project,
                cycle,
                partner,
            },
            ct
        );

    private object Keys(DateTimeOffset? before = null) =>
        new
        {
            project = Project,
            cycle = Cycle!.Key,
            partner = Partner.Key,
            before,
        };

    private sealed record ProjectLine
    {
        public required Guid Id { get; init; }
        public required string Key { get; init; }
        public required bool Archived { get; init; }
    }

    private sealed record PartnerLine
    {
        public required string Key { get; init; }
        public required string Name { get; init; }
    }
}
