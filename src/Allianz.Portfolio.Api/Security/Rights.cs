using Allianz.Portfolio.Api.Database;
using Allianz.Portfolio.Api.Errors;
using Allianz.Portfolio.Api.Ledger;
using Allianz.Portfolio.Domain;
using Allianz.Portfolio.Domain.Kinds;
using Microsoft.AspNetCore.Authorization;
using Microsoft.Extensions.Options;

namespace Allianz.Portfolio.Api.Security;

/// <summary>Asks the table of rights: at the door of an endpoint, and in a command, where it is known whose things it touches.</summary>
internal static class Rights
{
    private static readonly Statement _participations = new(from =>
        $"""
            SELECT pt.Role, pt.FromOn, pt.UntilOn FROM {from.Projects("p")} JOIN {from.Parts("Participation", "pt", of: "p")}
            WHERE p.Id = @project AND pt.Partner = @partner
            """
    );

    public static IServiceCollection AddRights(this IServiceCollection services)
    {
        services.AddSingleton<IAuthorizationHandler, AtTheDoor>();
        services
            .AddAuthorizationBuilder()
            // Deny by default: an endpoint that names no right is closed to everybody.
            .SetFallbackPolicy(new AuthorizationPolicyBuilder().RequireAssertion(_ => false).Build());
        return services;
    }

    /// <summary>Opens an endpoint to those who have the right, and to nobody else.</summary>
    public static void Authorize(this EndpointBuilder endpoint, Right right)
    {
        endpoint.Metadata.Add(right);
        endpoint.Metadata.Add(
            // Nothing is to be asked where everybody may.
            RightsTable.Of(right).IsForEverybody
                ? new AllowAnonymousAttribute()
                : new AuthorizationPolicyBuilder().AddRequirements(right).Build()
        );
    }

    /// <summary>What the caller was given of a right: by its role, narrowed by the scopes of its key.</summary>
    public static IEnumerable<Grant> Grants(this Caller caller, Right right) =>
        RightsTable.Of(right).Of(caller.Role).Where(g => caller.Holds(g.Scope));

    /// <summary>Whether the caller may do it at all, wherever that is.</summary>
    public static bool May(this Caller caller, Right right) => caller.Grants(right).Any();

    /// <summary>Whether the caller may do it wherever it sees it, not only where its partner takes part.</summary>
    public static bool MayAnywhere(this Caller caller, Right right) => caller.Grants(right).Any(g => g.Extent == Extent.Anywhere);

    /// <summary>The project that a command is about; 404 where the caller may not see it.</summary>
    public static async Task<Project> ProjectAsync(this LedgerState state, Caller caller, string key, CancellationToken ct) =>
        await state.FindAsync<Project>(key.ToLowerInvariant(), ct) is { } project && project.Visibility <= caller.Sight
            ? project
            : throw Problem.NotFound("project", key);

    /// <summary>What a command is about, in a project or in none; 404 where the caller may not see it.</summary>
    public static async Task<TRow> ThingAsync<TRow>(
        this LedgerState state,
        Caller caller,
        Project? project,
        string key,
        CancellationToken ct
    )
        where TRow : Versioned
    {
        var row = await state.FindAsync<TRow>(key.ToLowerInvariant(), ct, project?.Id);
        return row is not null && (Revision.VisibilityOf(row, project) <= caller.Sight || IsOwn(caller, row))
            ? row
            : throw Problem.NotFound(Kind.Of(typeof(TRow)).InWords, key);
    }

    // A partner sees what it asks of the board itself.
    private static bool IsOwn(Caller caller, Versioned row) => row is IVisibleToWhoAsks { Partner: { } partner } && partner == caller.Own;

    /// <summary>403 unless the caller may do it in this project, to things of these partners and to these fields.</summary>
    /// <param name="state">As the command finds it.</param>
    /// <param name="caller">Who acts.</param>
    /// <param name="right">What is done.</param>
    /// <param name="project">Where; null for what belongs to no project.</param>
    /// <param name="fields">The fields that are set.</param>
    /// <param name="partners">Whose the thing is, before and after.</param>
    /// <param name="ct">Cancels.</param>
    public static Task AuthorizeAsync(
        this LedgerState state,
        Caller caller,
        Right right,
        Project? project,
        IEnumerable<string> fields,
        IEnumerable<string?> partners,
        CancellationToken ct
    ) =>
        project is not null
            ? state.Session.AuthorizeAsync(caller, right, project.Id, project.Key, Berlin.DayOf(state.At), fields, partners, ct)
        // What belongs to no project belongs to no partner either.
        : caller.MayAnywhere(right) ? Task.CompletedTask
        : throw Problem.Forbidden("Your role or the scopes of your key do not allow this.");

    /// <summary>The same for what stands in no state.</summary>
    public static async Task AuthorizeAsync(
        this Session session,
        Caller caller,
        Right right,
        Guid project,
        string projectKey,
        DateOnly today,
        IEnumerable<string> fields,
        IEnumerable<string?> partners,
        CancellationToken ct
    )
    {
        var grants = caller.Grants(right).ToList();
        if (grants.Any(g => g.Extent != Extent.Anywhere))
        {
            var holds = await PartAsync(session, caller, project, today, ct);
            grants.RemoveAll(g => (g.Extent & ~(holds | Extent.Own)) != 0);
            if (grants.Count == 0)
            {
                throw Problem.Forbidden($"Your partner does not take part in project '{projectKey}' today in a role that allows this.");
            }
            grants.RemoveAll(g => g.Extent.HasFlag(Extent.Own) && partners.Any(p => p != caller.Partner));
            if (grants.Count == 0)
            {
                throw Problem.Forbidden($"You can act only for partner '{caller.Partner}'.");
            }
        }
        if (grants.Count == 0)
        {
            throw Problem.Forbidden("Your role or the scopes of your key do not allow this.");
        }
        if (grants.All(g => g.Fields is not null))
        {
            var allowed = grants.SelectMany(g => g.Fields!).ToHashSet();
            if (fields.FirstOrDefault(f => !allowed.Contains(f)) is { } foreign)
            {
                throw Problem.Forbidden($"You cannot set '{foreign}' here. Allowed: {string.Join(", ", allowed)}.");
            }
        }
    }

    /// <summary>The same for a state as it would be.</summary>
    public static void AuthorizeSight(this Caller caller, Versioned after)
    {
        if (after is IVisibleByItself itself)
        {
            caller.AuthorizeSight(itself.Visibility, (after as IVisibleToWhoAsks)?.Partner);
        }
    }

    /// <summary>403 when somebody would hide something from itself. What one's own partner asks, one sees.</summary>
    public static void AuthorizeSight(this Caller caller, Visibility visibility, string? askedBy = null)
    {
        if (visibility > caller.Sight && (askedBy is null || askedBy != caller.Own))
        {
            throw Problem.Forbidden(
                $"You see only up to '{Codes.Of(caller.Sight)}', so you cannot set the visibility '{Codes.Of(visibility)}'."
            );
        }
    }

    // What part the caller's partner has in a project today.
    private static async Task<Extent> PartAsync(Session session, Caller caller, Guid project, DateOnly today, CancellationToken ct)
    {
        var extent = Extent.Anywhere;
        if (caller.Partner is { } partner)
        {
            var rows = await session.QueryAsync<Participation>(_participations, caller.ViewAt(today), new { project, partner }, ct);
            foreach (var row in rows.Where(r => r.HoldsOn(today)))
            {
                extent |= row.Role == ParticipationRole.Lead ? Extent.TakesPart | Extent.Leads : Extent.TakesPart;
            }
        }
        return extent;
    }

    private sealed class AtTheDoor(IOptions<DutyOptions> duties) : AuthorizationHandler<Right>
    {
        protected override Task HandleRequirementAsync(AuthorizationHandlerContext context, Right requirement)
        {
            if (
                context.Resource is HttpContext http
                && (requirement == Right.Read(Resource.Duty) ? duties.Value.MayRead(http.Caller()) : http.Caller().May(requirement))
            )
            {
                context.Succeed(requirement);
            }
            return Task.CompletedTask;
        }
    }
}
