using Allianz.Portfolio.Api.Database;
using Allianz.Portfolio.Api.Http;
using Allianz.Portfolio.Api.Kinds.Verbs;
using Allianz.Portfolio.Api.Ledger;
using Allianz.Portfolio.Api.Security;
using Allianz.Portfolio.Domain.Kinds;
using MediatR;

namespace Allianz.Portfolio.Api.Kinds;

/// <summary>A kind that links projects to things of another kind. It is listed by project, and by the other thing with the projects.</summary>
internal sealed class LinkDeclaration<T, TOther> : Declaration<T>
    where T : Part, ILinkOfProject
    where TOther : Versioned
{
    /// <summary>The other kind. The column that names it is called as it is.</summary>
    public required SharedDeclaration<TOther> Other { get; init; }

    /// <summary>What the API's document says of the list of the other thing's projects.</summary>
    public required string ProjectsSummary { get; init; }

    public LinkStatements<T> Statements { get; } =
        new(
            Rows(_ => "p.Id = @project ORDER BY x.[Key]"),
            Rows(from =>
                $"x.{typeof(TOther).Name} = @other AND p.[Key] >= @after AND (p.[Key] > @after OR x.[Key] > @afterKey) ORDER BY p.[Key], x.[Key] {from.Take}"
            )
        );

    public override async Task<T> ReadAsync(IMediator mediator, View view, string? above, string key, CancellationToken ct) =>
        (await mediator.Send(new LinksOfProject<T>(view, above!), ct)).WithKey(key, link => link.Key, InWords);

    public override async Task<Page<T>> ListAsync(IMediator mediator, ReadRequest read, string? above, CancellationToken ct) =>
        read.Slice(await mediator.Send(new LinksOfProject<T>(read.View, above!), ct), link => link.Key);

    /// <summary>The list of the other thing's projects.</summary>
    public void MapProjects(IEndpointRouteBuilder api) =>
        api.MapGet(
                $"/{Other.Plural}/{{{Other.InAddress}}}/projects",
                async (HttpContext http, ReadRequest read, IMediator mediator, CancellationToken ct) =>
                {
                    var other = await Other.ReadAsync(mediator, read.View, null, (string)http.Request.RouteValues[Other.InAddress]!, ct);
                    var links = new LinksOfOther<T>(read.View, other.Key, read.After(), read.Limit + 1);
                    return read.Page(await mediator.Send(links, ct), link => (link.Project.Key, link.Key));
                }
            )
            .Lists<T>(ProjectsSummary)
            .WithMetadata(new OperationName($"List{Other.Name}Projects", Tag))
            .For(Right.Read(Resource));

    public override void Add(IServiceCollection services)
    {
        base.Add(services);
        services.AddSingleton(Statements);
        services.AddTransient<IRequestHandler<LinksOfProject<T>, IReadOnlyList<T>>, LinksHandler<T>>();
        services.AddTransient<IRequestHandler<LinksOfOther<T>, IReadOnlyList<T>>, LinksHandler<T>>();
    }

    private static Statement Rows(Func<Sources, string> which) =>
        new(from =>
        {
            var kind = Kind.Of(typeof(T));
            return $"SELECT {kind.Select("x")}, {Kind.KeyAndName("p.[Key]", "p.Title")} AS Project "
                + $"FROM {from.Projects("p")} JOIN {from.Parts(kind.Table, "x", of: "p")}{kind.Joins(from, "x")} WHERE {which(from)}";
        });
}

/// <summary>What reads links of a kind.</summary>
/// <param name="OfProject">Those of a <c>@project</c>.</param>
/// <param name="OfOther">Those to an <c>@other</c> thing, behind <c>@after</c> and <c>@afterKey</c>.</param>
internal sealed record LinkStatements<T>(Statement OfProject, Statement OfOther)
    where T : Part, ILinkOfProject;
