using Allianz.Portfolio.Api.Database;
using Allianz.Portfolio.Api.Http;
using Allianz.Portfolio.Api.Ledger;
using Allianz.Portfolio.Domain;
using Allianz.Portfolio.Domain.Kinds;

namespace Allianz.Portfolio.Api.Features.Partners;

/// <summary>
/// Two partners that turn out to be one: what refers to the one is made to refer to the other, in the revision that says so, and back again
/// when they are parted. What a partner reported stays as it was written and is read under the other's key; accounts, API keys, update links
/// and mailboxes stay the partner's own and speak for the other (<see cref="Sources.PartnerNow"/>), so that parting needs to undo nothing.
/// </summary>
internal static class MergedPartners
{
    private static readonly Referring[] _referring =
    [
        new Referring<Participation>((row, partner) => row with { Partner = new(partner, partner) }),
        new Referring<Milestone>((row, partner) => row with { Partner = new(partner, partner) }),
        new Referring<Risk>((row, partner) => row with { Partner = new(partner, partner) }),
        new Referring<DecisionRequestRow>((row, partner) => row with { Partner = partner }),
        new Referring<AssignmentRow>((row, partner) => row with { Partner = partner }),
    ];

    private static readonly Statement _project = new(from => $"SELECT p.* FROM {from.Projects("p")} WHERE p.Id = @id");

    private static readonly Statement _others = new(from =>
        $"SELECT o.[Key] FROM {from.Shared("Partner", "o")} WHERE o.MergedInto = @partner ORDER BY o.[Key]"
    );

    /// <summary>Makes what refers to the partner refer to the one that it is said to be now, or back; nothing where that stays.</summary>
    public static async Task FollowAsync(Revision revision, PartnerRow before, PartnerRow after, CancellationToken ct)
    {
        if (before.MergedInto == after.MergedInto)
        {
            return;
        }
        if (after.MergedInto is not { } into)
        {
            var merged = (await revision.Session.QueryAsync<StateRow>(Versions.Mergers, null, new { id = before.Id }, ct))
                .TakeWhile(state => state.MergedInto is not null)
                .Last();
            foreach (var referring in _referring)
            {
                await referring.PartAsync(revision, before.Key, before.MergedInto!, merged.Number, ct);
            }
            return;
        }
        if (before.MergedInto is not null)
        {
            throw Problem.Conflict($"Partner '{before.Key}' is merged into '{before.MergedInto}'; part them first.", "/mergedInto");
        }
        if (into == before.Key)
        {
            throw Problem.Invalid("/mergedInto", "A partner cannot be merged into itself.");
        }
        await References.DemandPartnerAsync(revision, into, ct, "/mergedInto");
        if (
            await revision.Session.FirstAsync<string>(_others, View.All(Berlin.DayOf(revision.At)), new { partner = before.Key }, ct) is
            { } other
        )
        {
            throw Problem.Conflict($"Partner '{other}' is merged into '{before.Key}'; part them first.", "/mergedInto");
        }
        foreach (var referring in _referring)
        {
            await referring.MergeAsync(revision, before.Key, into, ct);
        }
    }

    private sealed record StateRow
    {
        public required long Number { get; init; }
        public string? MergedInto { get; init; }
    }

    private abstract class Referring
    {
        public abstract Task MergeAsync(Revision revision, string partner, string into, CancellationToken ct);

        public abstract Task PartAsync(Revision revision, string partner, string from, long merged, CancellationToken ct);
    }

    /// <summary>A kind that refers to partners.</summary>
    private sealed class Referring<TRow> : Referring
        where TRow : Versioned
    {
        private readonly Func<TRow, string, TRow> _with;
        private readonly Statement _current;

        public Referring(Func<TRow, string, TRow> with)
        {
            _with = with;
            var (table, inProject) = (Kind.Of(typeof(TRow)).Table, Kind.Of(typeof(TRow)).InProject);
            _current = new(from =>
                (
                    inProject
                        ? $"SELECT x.* FROM {from.Projects("p")} JOIN {from.Parts(table, "x", of: "p")}"
                        : $"SELECT x.* FROM {from.Own(table, "x")}"
                ) + " WHERE x.Partner = @partner ORDER BY x.Id"
            );
        }

        public override async Task MergeAsync(Revision revision, string partner, string into, CancellationToken ct)
        {
            var view = View.All(Berlin.DayOf(revision.At));
            var there = await revision.Session.QueryAsync<TRow>(_current, view, new { partner = into }, ct);
            foreach (var row in await revision.Session.QueryAsync<TRow>(_current, view, new { partner }, ct))
            {
                // Nobody has one role twice at a time: the one that stays says it.
                if (row is Participation part && there.Cast<Versioned>().Any(other => part.Overlaps((Participation)other)))
                {
                    await revision.DeleteAsync(row, await ProjectAsync(revision, row, ct), ct);
                }
                else
                {
                    await revision.UpdateAsync(row, _with(row, into), await ProjectAsync(revision, row, ct), ct);
                }
            }
        }

        public override async Task PartAsync(Revision revision, string partner, string from, long merged, CancellationToken ct)
        {
            foreach (
                var was in await revision.Session.QueryAsync<TRow>(Kind.Of(typeof(TRow)).ClosedIn, null, new { revision = merged }, ct)
            )
            {
                if (PartnerOf(was) != partner)
                {
                    continue;
                }
                var newest = (await revision.Session.FirstAsync<TRow>(Kind.Of(typeof(TRow)).Newest, null, new { id = was.Id }, ct))!;
                var project = await ProjectAsync(revision, was, ct);
                if (newest.UntilRevision == Sources.Current && PartnerOf(newest) == from)
                {
                    await revision.UpdateAsync(newest, _with(newest, partner), project, ct);
                }
                // It went by the merger alone; its key is never given again.
                else if (newest.UntilRevision == merged && was is Part part && project is not null)
                {
                    var key = await revision.FreeKeyAsync<TRow>(was.Key, ct, part.ProjectId);
                    await revision.InsertAsync((TRow)(was with { Id = Guid.CreateVersion7(), Key = key }), project, ct);
                }
            }
        }

        private static string? PartnerOf(TRow row) =>
            typeof(TRow).GetProperty(nameof(Participation.Partner))!.GetValue(row) is Reference reference
                ? reference.Key
                : (string?)typeof(TRow).GetProperty(nameof(Participation.Partner))!.GetValue(row);

        private static async Task<ProjectRow?> ProjectAsync(Revision revision, TRow row, CancellationToken ct) =>
            row is Part part
                ? await revision.Session.FirstAsync<ProjectRow>(
                    _project,
                    View.All(Berlin.DayOf(revision.At)),
                    new { id = part.ProjectId },
                    ct
                )
                : null;
    }
}
