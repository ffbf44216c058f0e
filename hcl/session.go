package hcl

import (
	"slices"
	"strings"

	hashihcl "github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/zclconf/go-cty/cty"

	"iorepl/plan"
)

// declaredFolder is a folder block with what the checks across blocks need.
type declaredFolder struct {
	*Folder
	session *PublicFolders
	section *section
	around  *section // the session's
	names   []string // of the path, as in region
	sound   bool     // path, target and direction are known
}

func (l *loader) publicFolders(b *hclsyntax.Block) *PublicFolders {
	s := l.section(b)
	p := &PublicFolders{Name: b.Labels[0], Range: b.DefRange()}
	l.sessionName(b)
	p.Publisher, p.Subscribers = s.organizations()
	p.Schedule, p.QuietHours = s.windows()

	defaults := plan.Rules{Subfolders: true, Limits: plan.DefaultLimits()}
	s.rules(&defaults)
	var folders []*declaredFolder
	for _, fb := range b.Body.Blocks {
		if fb.Type == "folder" && len(fb.Labels) == 1 {
			folders = append(folders, l.folder(fb, p, s, defaults))
		}
	}
	if len(folders) == 0 {
		l.fail(s.def, "Session without folders", "Nothing would be replicated. Add a block folder \"PATH\" { }; folder \"/\" is the whole tree.")
	}
	l.combinations(s, folders)
	l.inheritTargets(folders)
	for _, f := range folders {
		p.Folders = append(p.Folders, f.Folder)
	}
	l.declared = append(l.declared, folders...)
	return p
}

// sessionName checks a session's label, which the command line names sessions by.
func (l *loader) sessionName(b *hclsyntax.Block) {
	name := b.Labels[0]
	if name == "" || strings.Contains(name, "/") {
		l.fail(b.LabelRanges[0], "Unsuitable name", "A session needs a name without a slash, since --only names folders as SESSION/FOLDER.")
	}
	if first, ok := l.names[name]; ok {
		l.fail(b.LabelRanges[0], "Session declared twice", "There is a session %q already (%s). Rename one of them.", name, at(first))
		return
	}
	l.names[name] = b.DefRange()
}

// organizations reads publisher and subscribers. What it cannot read is nil.
func (s *section) organizations() (publisher *Organization, subscribers []*Organization) {
	s.require("publisher", "subscribers")
	if v, ok := s.value("publisher", cty.DynamicPseudoType); ok {
		publisher = s.reference("publisher", v, s.body.Attributes["publisher"].Expr.Range())
	}
	elements, ok := s.elements("subscribers")
	if ok && len(elements) == 0 {
		s.wrong("subscribers", s.at("subscribers"), "subscribers is an empty list")
	}
	for _, e := range elements {
		o := s.reference("subscribers", e.Value, e.rng)
		if o == nil {
			continue
		}
		if o == publisher {
			s.fail(e.rng, "Publisher among its subscribers", "Organization %q publishes this session and cannot subscribe to it. Remove it from subscribers.", o.Label)
			continue
		}
		if slices.Contains(subscribers, o) {
			s.fail(e.rng, "Subscriber given twice", "Organization %q stands in subscribers already. Remove one of the two.", o.Label)
			continue
		}
		subscribers = append(subscribers, o)
	}
	return publisher, subscribers
}

// reference turns the value of organization.LABEL into the organization.
func (s *section) reference(name string, v cty.Value, rng hashihcl.Range) *Organization {
	v, marks := v.Unmark()
	if !v.IsNull() && v.Type().Equals(organizationType) {
		return v.EncapsulatedValue().(*Organization)
	}
	if !v.IsNull() && v.Type() == cty.String && len(marks) == 0 {
		if l := v.AsString(); s.orgs[l] != nil {
			s.fail(rng, "Text instead of reference", "An organization is referred to without quotes: organization.%s", l)
			return nil
		} else if !s.partial {
			s.unknownOrganization(rng, l)
			return nil
		}
	}
	s.wrong(name, rng, "%s refers to organizations", name)
	return nil
}

func (s *section) windows() (schedule, quiet []Window) {
	list(s, "schedule", parseWindow, &schedule)
	list(s, "quiet_hours", parseWindow, &quiet)
	if !s.failed["schedule"] && !s.failed["quiet_hours"] && !everOpen(schedule, quiet) {
		s.fail(s.at("quiet_hours"), "Combination that cannot work", "schedule and quiet_hours together leave no minute of the week. Make one of them smaller.")
	}
	return schedule, quiet
}

func (l *loader) folder(b *hclsyntax.Block, session *PublicFolders, around *section, defaults plan.Rules) *declaredFolder {
	s := l.section(b)
	f := &Folder{Label: b.Labels[0], Rules: defaults, Range: b.DefRange()}
	d := &declaredFolder{Folder: f, session: session, section: s, around: around}
	var err error
	if f.Path, err = parseFolderPattern(b.Labels[0]); err != nil {
		l.fail(b.LabelRanges[0], "Unsuitable folder path", "%q cannot be a path: %v.", b.Labels[0], err)
	}
	d.names = folded(f.Path)
	s.rules(&f.Rules)
	if s.has("to") && err == nil {
		to := "\x00"
		if parsed(s, "to", parseTarget(f.Path), &to); to != "\x00" {
			f.To, f.HasTo = to, true
		}
	}
	d.sound = err == nil && !s.failed["to"] && !s.failed["direction"] && !s.failed["subfolders"]
	return d
}

// rules reads the attributes that a session and its folders share. What is there replaces what into holds.
func (s *section) rules(into *plan.Rules) {
	direction := -1
	if choice(s, "direction", []string{"one-way", "two-way"}, &direction); direction >= 0 {
		into.TwoWay = direction == 1
	}
	s.bool("subfolders", &into.Subfolders)
	choice(s, "deletions", plan.DeletionNames(), &into.Deletions)
	choice(s, "permissions", plan.PermissionsNames(), &into.Permissions)
	choice(s, "conflict", plan.ConflictNames(), &into.Conflict)
	s.bool("restore", &into.Restore)
	parsed(s, "recycle", parseTargetPath, &into.Recycle)
	list(s, "include", parseFolderGlob, &into.Include)
	list(s, "exclude", parseFolderGlob, &into.Exclude)
	list(s, "classes", parseGlob, &into.Classes)
	parsed(s, "max_size", parseSize, &into.MaxSize)
	s.duration("modified_within", &into.ModifiedWithin)
	list(s, "properties", parseProperty, &into.Properties)
	s.addressMap(&into.Map)
	if b := s.only(s.body, "limits"); b != nil {
		limits := s.loader.section(b)
		parsed(limits, "deletions", parseLimit, &into.Limits.Deletions)
		parsed(limits, "updates", parseLimit, &into.Limits.Updates)
	}
}

// combinations reports attributes of a session or of its folders that have no effect where they stand, and takes
// defaults back where they have none.
func (l *loader) combinations(session *section, folders []*declaredFolder) {
	unclear := func(s *section, names ...string) bool {
		return slices.ContainsFunc(names, func(n string) bool { return s.failed[n] })
	}
	needs := func(name, other, want string, works func(plan.Rules) bool) {
		used := len(folders) == 0 || unclear(session, name, other)
		for _, f := range folders {
			if works(f.Rules) || unclear(session, name, other) || unclear(f.section, name, other) {
				used = true
			} else if f.section.has(name) {
				l.fail(f.section.at(name), "Combination that cannot work", "%s needs %s = %s. Remove one or change the other.", name, other, want)
			}
		}
		if session.has(name) && !used {
			l.fail(session.at(name), "Combination that cannot work", "%s needs %s = %s, which no folder of this session has. Remove one or change the other.",
				name, other, want)
		}
	}
	needs("conflict", "direction", `"two-way"`, func(r plan.Rules) bool { return r.TwoWay })
	needs("restore", "direction", `"one-way"`, func(r plan.Rules) bool { return !r.TwoWay || !r.Restore })
	needs("map", "permissions", `"mapped"`, func(r plan.Rules) bool { return r.Permissions == plan.MappedPermissions || r.Map == nil })
	needs("include", "subfolders", "true", func(r plan.Rules) bool { return r.Subfolders || r.Include == nil })
	needs("exclude", "subfolders", "true", func(r plan.Rules) bool { return r.Subfolders || r.Exclude == nil })
	for _, f := range folders {
		if f.Rules.TwoWay {
			f.Rules.Restore = false
		} else {
			f.Rules.Conflict = plan.KeepBoth
		}
	}
}

// inheritTargets gives a block without `to` that lies below another one the place where the other one would put it.
// Outer blocks come first, so that inheritance goes all the way.
func (l *loader) inheritTargets(folders []*declaredFolder) {
	for _, f := range byDepth(folders) {
		if f.HasTo || !f.sound {
			continue
		}
		if outer := outerBlock(f, folders); outer != nil && outer.HasTo {
			f.HasTo = true
			f.To = ""
			for _, name := range plan.Names(outer.Target(f.Path)) {
				if strings.Contains(name, "*") {
					name = "*"
				}
				f.To = plan.Join(f.To, name)
			}
		}
	}
}
