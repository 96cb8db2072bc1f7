'use strict';
// The page of one or several runs. All texts come from outside: they are set
// as text, never as HTML.

const data = JSON.parse(document.getElementById('data').textContent);
const runs = data.runs;
const VERSIONS = ['3.1', '3.1.1', '5.0'];
const UNSURE = ['inconclusive', 'error', 'flaky', 'not run'];
// From bad to good: a cell that stands for many shows the first.
const ORDER = ['fail', 'fixed', 'error', 'flaky', 'inconclusive', 'not run',
  'known', 'warn', 'pass', 'skip'];
const SIGNS = {fail: '✗', fixed: '✗', error: '?', flaky: '?',
  inconclusive: '?', 'not run': '?', known: '✗', warn: '!', pass: '✓',
  skip: '–'};

// What is the same for all variants of a case stands in the data once.
const cases = new Map(data.cases.map(one => [one.id, one]));
const variants = [];
const byId = new Map();
runs.forEach((run, index) => {
  for (const variant of run.variants) {
    variant.run = index;
    if (!variant.title && cases.has(variant.case))
      variant.title = cases.get(variant.case).title;
    if (byId.has(variant.id)) byId.get(variant.id).push(variant);
    else byId.set(variant.id, [variant]);
    variant.search = [variant.id, variant.title, ...(variant.statements || []),
      reasonOf(variant)].join('\n').toLowerCase();
    variants.push(variant);
  }
});

// ---- making elements -----------------------------------------------------

function make(name, properties, ...children) {
  const element = document.createElement(name);
  for (const [key, value] of Object.entries(properties || {})) {
    if (key === 'class') element.className = value;
    else if (key.startsWith('on')) element.addEventListener(key.slice(2), value);
    else if (value !== undefined && value !== null && value !== false)
      element.setAttribute(key, value === true ? '' : value);
  }
  element.append(...children.filter(child => child !== null &&
    child !== undefined && child !== ''));
  return element;
}

function classOf(verdict) {
  if (UNSURE.includes(verdict)) return 'unsure';
  return verdict === 'skip' ? 'skip-v' : verdict;
}

function verdictMark(verdict, text) {
  return make('span', {class: 'verdict ' + classOf(verdict)},
    (SIGNS[verdict] || '') + ' ' + (text === undefined ? verdict : text));
}

function worst(list) {
  return ORDER.find(verdict => list.some(one => one.verdict === verdict));
}

function countBy(list) {
  const counts = new Map();
  for (const one of list)
    counts.set(one.verdict, (counts.get(one.verdict) || 0) + 1);
  return counts;
}

function reasonOf(variant) {
  const play = variant.play || {};
  return variant.reason || play.reason ||
    (play.finding && play.finding.message) || '';
}

function durationOf(variant) {
  const took = variant.play && variant.play.duration_ns;
  return took === undefined || took === null ? '' : seconds(took);
}

function seconds(nanoseconds) {
  return nanoseconds < 1e9 ? (nanoseconds / 1e6).toFixed(1) + ' ms'
    : (nanoseconds / 1e9).toFixed(1) + ' s';
}

function brokerOf(run) {
  return run.broker || run.target;
}

// ---- summary -------------------------------------------------------------

function bar(counts, total) {
  const element = make('div', {class: 'bar', 'aria-hidden': 'true'});
  for (const verdict of ['pass', 'warn', 'known', 'fail', 'fixed', 'error',
    'flaky', 'inconclusive', 'not run']) {
    if (!counts.get(verdict)) continue;
    const part = make('span', {class: classOf(verdict)});
    part.style.flex = counts.get(verdict) + ' 0 0';
    element.append(part);
  }
  const rest = make('span', {});
  rest.style.flex = (counts.get('skip') || 0) + ' 0 0';
  element.append(rest);
  return element;
}

function card(run, index) {
  const counts = countBy(run.variants);
  const list = make('ul', {class: 'counts'});
  for (const verdict of ORDER)
    if (counts.get(verdict))
      list.append(make('li', {}, make('button', {type: 'button', class: 'open',
        onclick: () => choose({run: String(index), verdict, view: 'variants'})},
      verdictMark(verdict, counts.get(verdict) + ' ' + verdict))));
  return make('article', {class: 'card'}, make('h3', {}, brokerOf(run)),
    make('p', {class: 'quiet'}, run.began.replace('T', ' ').replace('Z', ' UTC') +
      ', ' + (run.duration_ns / 1e9).toFixed(1) + ' s'),
    bar(counts, run.variants.length), make('strong', {}, run.conclusion),
    run.trouble ? make('p', {}, run.trouble) : '', list,
    versionTable(run, index));
}

// Verdicts by version, each number a way to its variants.
function versionTable(run, index) {
  const verdicts = ORDER.filter(verdict =>
    run.variants.some(one => one.verdict === verdict));
  const number = (version, verdict) => {
    const count = run.variants.filter(one => one.version === version &&
      one.verdict === verdict).length;
    return make('td', {}, count ? make('button', {type: 'button',
      class: 'open', 'aria-label': count + ' ' + verdict + ' in MQTT ' +
      version, onclick: () => choose({run: String(index), version, verdict,
        view: 'variants'})}, String(count)) : '0');
  };
  if (!verdicts.length) return '';
  return make('div', {class: 'scroll', tabindex: '0', role: 'region',
    'aria-label': 'Verdicts by version'}, make('table', {class: 'numbers'},
    make('thead', {}, make('tr', {}, make('th', {scope: 'col'}, 'MQTT'),
      ...verdicts.map(verdict => make('th', {scope: 'col'}, verdict)))),
    make('tbody', {}, ...VERSIONS.filter(version =>
      run.variants.some(one => one.version === version)).map(version =>
      make('tr', {}, make('th', {scope: 'row'}, version),
        ...verdicts.map(verdict => number(version, verdict)))))));
}

// ---- filters -------------------------------------------------------------

const form = document.getElementById('filters');
const KEYS = ['run', 'version', 'transport', 'verdict', 'area', 'text',
  'differs'];
const state = {view: 'variants'};

function fill(name, values, all) {
  const select = form.elements[name];
  select.append(make('option', {value: ''}, all));
  for (const [value, text] of values)
    select.append(make('option', {value}, text));
}

function distinct(key) {
  return [...new Set(variants.map(variant => variant[key]))].sort()
    .map(value => [value, value]);
}

function fillFilters() {
  fill('run', runs.map((run, i) => [String(i), brokerOf(run)]), 'all');
  fill('version', distinct('version'), 'all');
  fill('transport', distinct('transport'), 'all');
  fill('verdict', ORDER.filter(verdict =>
    variants.some(variant => variant.verdict === verdict))
    .map(verdict => [verdict, verdict]), 'all');
  fill('area', distinct('area'), 'all');
}

function isChosen(variant) {
  return (!state.run || variant.run === Number(state.run)) &&
    (!state.version || variant.version === state.version) &&
    (!state.transport || variant.transport === state.transport) &&
    (!state.verdict || variant.verdict === state.verdict) &&
    (!state.area || variant.area === state.area) &&
    (!state.differs || differs(variant)) &&
    (!state.text || state.text.toLowerCase().split(/\s+/)
      .every(word => variant.search.includes(word)));
}

// Whether another broker has another verdict there, or none.
function differs(variant) {
  const all = byId.get(variant.id);
  return all.length < runs.length ||
    all.some(one => one.verdict !== variant.verdict);
}

function control(name) {
  return form.elements[name];
}

function readControl(name) {
  if (control(name).type === 'checkbox')
    return control(name).checked ? control(name).value : '';
  return control(name).value;
}

function writeControl(name, value) {
  if (control(name).type === 'checkbox') control(name).checked = !!value;
  else control(name).value = value || '';
}

// The state stands in the address, so that a view can be passed on.
function readState() {
  const words = new URLSearchParams(location.hash.slice(1));
  for (const key of [...KEYS, 'view']) state[key] = words.get(key) || '';
  if (!VIEWS.some(view => view.name === state.view)) state.view = VIEWS[0].name;
  for (const key of KEYS) writeControl(key, state[key]);
}

function writeState() {
  const words = new URLSearchParams();
  for (const key of [...KEYS, 'view'])
    if (state[key]) words.set(key, state[key]);
  history.replaceState(null, '', '#' + words);
}

function choose(changes) {
  Object.assign(state, changes);
  for (const key of KEYS) writeControl(key, state[key]);
  draw();
}

// ---- views ---------------------------------------------------------------

const LIMIT = 300; // rows drawn at once
let drawn = LIMIT;

function shownRuns() {
  return state.run ? [Number(state.run)] : runs.map((run, index) => index);
}

function more(total) {
  if (total <= drawn) return '';
  return make('button', {type: 'button', onclick: () => {
    drawn += 1000;
    draw(true);
  }}, 'Show more (' + (total - drawn) + ' left)');
}

function variantRow(variant) {
  return make('tr', {},
    make('td', {}, verdictMark(variant.verdict)),
    runs.length > 1 ? make('td', {}, brokerOf(runs[variant.run])) : '',
    make('th', {scope: 'row'}, make('button', {type: 'button',
      class: 'open id', onclick: () => openVariant(variant)}, variant.id),
    make('div', {class: 'quiet'}, variant.title)),
    make('td', {}, reasonOf(variant) || make('span', {class: 'quiet'},
      durationOf(variant))));
}

function viewVariants(list) {
  const sorted = [...list].sort((a, b) =>
    ORDER.indexOf(a.verdict) - ORDER.indexOf(b.verdict));
  return [make('div', {class: 'scroll'}, make('table', {class: 'stack'},
    make('caption', {}, 'Each variant is a case with one version, transport ' +
      'and row of parameters.'),
    make('thead', {}, make('tr', {}, make('th', {scope: 'col'}, 'Verdict'),
      runs.length > 1 ? make('th', {scope: 'col'}, 'Broker') : '',
      make('th', {scope: 'col'}, 'Variant'),
      make('th', {scope: 'col'}, 'What happened'))),
    make('tbody', {}, ...sorted.slice(0, drawn).map(variantRow)))),
  more(sorted.length)];
}

// label: the heading of the column, which a phone shows in the cell.
function cell(label, list, text, open) {
  if (!list.length)
    return emptyCell(label, '·');
  const verdict = worst(list);
  return make('td', {class: 'cell', 'data-label': label}, make('button',
    {type: 'button', onclick: open}, verdictMark(verdict,
      text(list, verdict))));
}

function emptyCell(label, text) {
  return make('td', {class: 'cell', 'data-label': label},
    make('span', {class: 'quiet'}, text));
}

function keptOf(list) {
  const judged = list.filter(one => one.verdict !== 'skip').length;
  const kept = list.filter(one =>
    ['pass', 'warn'].includes(one.verdict)).length;
  return judged ? kept + ' of ' + judged : 'skipped';
}

// Columns: the brokers, or of one broker the versions.
function columnsOf(indexes) {
  if (indexes.length > 1)
    return indexes.map(i => ({title: brokerOf(runs[i]),
      has: one => one.run === i, chosen: {run: String(i)}}));
  return VERSIONS.filter(version => !state.version ||
    state.version === version).map(version => ({title: 'MQTT ' + version,
    has: one => one.version === version, chosen: {version}}));
}

function headOf(first, columns) {
  return make('thead', {}, make('tr', {}, make('th', {scope: 'col'}, first),
    ...columns.map(column => make('th', {scope: 'col'}, column.title))));
}

function viewAreas(list) {
  const columns = columnsOf(shownRuns());
  const areas = new Map();
  for (const variant of list)
    if (areas.has(variant.area)) areas.get(variant.area).push(variant);
    else areas.set(variant.area, [variant]);
  const rows = [...areas.keys()].sort().map(area => make('tr', {},
    make('th', {scope: 'row'}, area), ...columns.map(column =>
      cell(column.title, areas.get(area).filter(column.has), keptOf, () =>
        choose({area, ...column.chosen, view: 'variants'})))));
  return [make('div', {class: 'scroll'}, make('table', {class: 'matrix'},
    make('caption', {}, 'How many of the variants that were judged passed, ' +
      'area by area. A cell lists them.'),
    headOf('Area', columns), make('tbody', {}, ...rows)))];
}

function versionsOf(statement) {
  return statement.versions === 'all' ? VERSIONS
    : statement.versions.split(' ');
}

function chapterOf(statement) {
  const text = statement.section || '';
  return text.split('.')[0].trim() || 'other';
}

// The newest version first, then what no version numbers.
const FIRST = ['5.0', '3.1.1', '3.1'];

function rankOf(statement) {
  const at = FIRST.indexOf(statement.versions);
  return at < 0 ? FIRST.length : at;
}

function chosenStatements() {
  const words = (state.text || '').toLowerCase().split(/\s+/);
  return data.statements.filter(one =>
    (!state.version || versionsOf(one).includes(state.version)) &&
    words.every(word => (one.id + '\n' + one.demand + '\n' + one.section)
      .toLowerCase().includes(word)))
    .sort((a, b) => rankOf(a) - rankOf(b) ||
      a.section.localeCompare(b.section, 'en', {numeric: true}) ||
      a.id.localeCompare(b.id, 'en', {numeric: true}));
}

function judging(statement, list) {
  const versions = versionsOf(statement);
  return (list.get(statement.id) || []).filter(one =>
    versions.includes(one.version));
}

function byStatement() {
  const map = new Map();
  for (const variant of variants) {
    if (!isChosenButText(variant)) continue;
    for (const id of variant.statements || [])
      if (map.has(id)) map.get(id).push(variant);
      else map.set(id, [variant]);
  }
  return map;
}

function isChosenButText(variant) {
  const text = state.text;
  state.text = '';
  const chosen = isChosen(variant);
  state.text = text;
  return chosen;
}

function statementRow(statement, list, indexes) {
  const there = judging(statement, list);
  const untestable = statement.testable.startsWith('no');
  const cells = indexes.map(i => {
    const here = there.filter(one => one.run === i);
    const broker = brokerOf(runs[i]);
    if (!here.length)
      return emptyCell(broker, untestable ? 'not testable' : 'not judged');
    return cell(broker, here, keptOf, () => openStatement(statement, here));
  });
  return make('tr', {}, make('th', {scope: 'row'},
    make('span', {class: 'id'}, statement.id), ' ',
    make('span', {class: 'quiet'}, statement.level + ', ' +
      (statement.versions === 'all' ? 'all versions' : statement.versions)),
    make('div', {}, statement.demand)), ...cells);
}

function viewStatements() {
  const indexes = shownRuns();
  const list = byStatement();
  const chosen = chosenStatements().filter(one =>
    !state.verdict && !state.area && !state.transport && !state.differs ||
    judging(one, list).length);
  const body = make('tbody', {});
  let chapter;
  for (const statement of chosen.slice(0, drawn)) {
    const here = statement.versions + ' ' + chapterOf(statement);
    if (here !== chapter)
      body.append(make('tr', {class: 'chapter'}, make('th',
        {scope: 'rowgroup', colspan: indexes.length + 1},
        (statement.versions === 'all' ? 'All versions'
          : 'MQTT ' + statement.versions) + ', chapter ' +
          chapterOf(statement))));
    chapter = here;
    body.append(statementRow(statement, list, indexes));
  }
  return [coverage(chosen, list), make('div', {class: 'scroll'},
    make('table', {class: 'matrix'}, headOf('Statement', indexes.map(i =>
      ({title: brokerOf(runs[i])}))), body)),
  more(chosen.length)];
}

function coverage(statements, list) {
  const testable = statements.filter(one => !one.testable.startsWith('no'));
  const judged = testable.filter(one => judging(one, list).length);
  return make('p', {class: 'quiet'}, statements.length + ' statements, ' +
    testable.length + ' testable from outside, ' + judged.length +
    ' of them judged here.');
}

function viewPassive() {
  const rows = [];
  runs.forEach((run, index) => {
    if (state.run && index !== Number(state.run)) return;
    for (const one of run.passive)
      rows.push(make('tr', {}, make('td', {}, verdictMark(one.verdict)),
        make('td', {}, brokerOf(run)), make('td', {}, one.version),
        make('th', {scope: 'row'}, make('span', {class: 'id'}, one.statement),
          ' ', one.rule),
        make('td', {}, one.detail + ' (' + one.times + '×)')));
  });
  if (!rows.length)
    return [make('p', {}, 'The decoder found nothing wrong in any packet, ' +
      'whatever case it belonged to.')];
  return [make('div', {class: 'scroll'}, make('table', {class: 'stack'},
    make('caption', {}, 'What the decoder found in any packet, whatever ' +
      'case it belonged to.'), make('thead', {}, make('tr', {},
      ...['Verdict', 'Broker', 'Version', 'Rule', 'What came'].map(text =>
        make('th', {scope: 'col'}, text)))), make('tbody', {}, ...rows)))];
}

const VIEWS = [
  {name: 'variants', title: 'Variants', draw: viewVariants},
  {name: 'areas', title: runs.length > 1 ? 'Brokers × areas' : 'Areas',
    draw: viewAreas},
  {name: 'statements', title: runs.length > 1 ? 'Brokers × statements'
    : 'Statements', draw: viewStatements},
  {name: 'passive', title: 'Found in passing', draw: viewPassive},
];

function draw(keep) {
  if (!keep) drawn = LIMIT;
  writeState();
  const list = variants.filter(isChosen);
  const view = VIEWS.find(one => one.name === state.view);
  document.getElementById('view').replaceChildren(...view.draw(list)
    .filter(part => part !== ''));
  document.getElementById('count').textContent = list.length + ' of ' +
    variants.length + ' variants chosen' +
    (list.length ? '.' : ': no variant meets all of the filters.');
  for (const tab of document.querySelectorAll('#views [role=tab]')) {
    const selected = tab.dataset.view === state.view;
    tab.setAttribute('aria-selected', String(selected));
    tab.tabIndex = selected ? 0 : -1;
  }
}

function makeTabs() {
  const list = document.getElementById('views');
  for (const view of VIEWS) {
    const tab = make('button', {type: 'button', role: 'tab',
      'aria-controls': 'view', onclick: () => choose({view: view.name})},
    view.title);
    tab.dataset.view = view.name;
    list.append(make('li', {role: 'presentation'}, tab));
  }
  list.addEventListener('keydown', event => {
    const step = {ArrowRight: 1, ArrowLeft: -1}[event.key];
    if (!step) return;
    const at = VIEWS.findIndex(view => view.name === state.view);
    const next = VIEWS[(at + step + VIEWS.length) % VIEWS.length];
    choose({view: next.name});
    list.querySelector('[aria-selected=true]').focus();
  });
}

// ---- details -------------------------------------------------------------

const dialog = document.getElementById('detail');

function open(title, ...content) {
  dialog.replaceChildren(make('div', {class: 'top'},
    make('h2', {id: 'detail-title'}, title),
    make('button', {type: 'button', onclick: () => dialog.close()}, 'Close')),
  ...content);
  if (!dialog.open) dialog.showModal();
  dialog.scrollTop = 0;
}

function openStatement(statement, list) {
  const sorted = [...list].sort((a, b) =>
    ORDER.indexOf(a.verdict) - ORDER.indexOf(b.verdict));
  open(statement.id, make('p', {}, statement.demand),
    make('p', {class: 'quiet'}, 'Section ' + statement.section),
    make('ul', {}, ...sorted.slice(0, 200).map(variant => make('li', {},
      verdictMark(variant.verdict), ' ', make('button', {type: 'button',
        class: 'open id', onclick: () => openVariant(variant)},
      variant.id)))));
}

function demandOf(id, version) {
  const statement = data.statements.find(one => one.id === id &&
    versionsOf(one).includes(version));
  return statement ? statement.demand : '';
}

function definitions(pairs) {
  const list = make('dl', {});
  for (const [name, value] of pairs)
    if (value) list.append(make('dt', {}, name), make('dd', {}, value));
  return list;
}

function statementList(variant) {
  return make('ul', {}, ...(variant.statements || []).map(id => make('li', {},
    make('span', {class: 'id'}, id), ' ', demandOf(id, variant.version))));
}

function place(source) {
  return source ? source.file + ':' + source.line : '';
}

function findings(play) {
  const parts = [];
  const add = (title, finding) => parts.push(make('h3', {}, title),
    definitions([['What', finding.message], ['Expected', finding.expected],
      ['Came', finding.actual], ['Client', finding.client],
      ['Step', place(finding.source)]]));
  if (play.finding) add('What happened', play.finding);
  for (const warning of play.warnings || []) add('Warning', warning);
  const rest = [...(play.notes || []).map(note => ['Note', note]),
    ...(play.measures || []).map(one => ['Measured', one.text + ': ' +
      (one.value_ns / 1e9).toFixed(3) + ' s ' + (one.note || '')])];
  if (rest.length) parts.push(definitions(rest));
  return parts;
}

function command(variant) {
  if (!variant.repeat_command) return [];
  const text = variant.repeat_command;
  const button = make('button', {type: 'button', onclick: async () => {
    await navigator.clipboard.writeText(text);
    button.textContent = 'Copied';
  }}, 'Copy');
  return [make('h3', {}, 'Repeat just this'), make('pre', {}, text),
    navigator.clipboard ? button : ''];
}

// The same variant with the other brokers.
function elsewhere(variant) {
  const others = byId.get(variant.id).filter(one => one !== variant);
  if (!others.length) return '';
  return make('ul', {class: 'counts', 'aria-label': 'Other brokers'},
    ...others.map(one => make('li', {}, make('button', {type: 'button',
      onclick: () => openVariant(one)}, verdictMark(one.verdict), ' ' +
      brokerOf(runs[one.run])))));
}

function openVariant(variant) {
  const play = variant.play;
  const told = play && play.finding &&
    play.finding.message === reasonOf(variant);
  const text = (cases.get(variant.case) || {}).text;
  open(variant.id, make('p', {}, verdictMark(variant.verdict), ' ',
    variant.title), definitions([['Broker', brokerOf(runs[variant.run])],
    ['Reason', told ? '' : reasonOf(variant)],
    ['Took', durationOf(variant)], ['Case', place(variant.source)]]),
  elsewhere(variant), statementList(variant),
  ...(variant.first_play ? findings(variant.first_play) : []),
  ...(play ? findings(play) : []),
  ...conversations(variant), ...command(variant),
  make('h3', {}, 'The case'),
  make('pre', {tabindex: '0', 'aria-label': 'The case in YAML'},
    text || 'not in the record'));
}

// ---- conversations as sequence diagrams ----------------------------------

function conversations(variant) {
  const parts = [];
  const add = (title, play) => {
    if (play && play.conversation && play.conversation.length)
      parts.push(make('h3', {}, title), sequence(play));
  };
  add(variant.first_play ? 'The conversation of the first play'
    : 'The conversation', variant.first_play || variant.play);
  if (variant.first_play) add('The conversation when repeated', variant.play);
  return parts;
}

// One lane for each client, the last one for the broker.
function sequence(play) {
  const clients = [...new Set(play.conversation.map(one => one.client))];
  const list = make('ol', {class: 'sequence'});
  list.style.setProperty('--lanes', clients.length + 1);
  const names = make('li', {class: 'names', 'aria-hidden': 'true'});
  [...clients, 'broker'].forEach((name, index) => {
    const span = make('span', {}, name);
    span.style.gridColumn = index + 2;
    names.append(span);
  });
  list.append(names);
  list.append(...inOrder(play).map(one => one.message
    ? mark(one, clients) : line(one, clients)));
  const parts = [list];
  if (play.conversation_dropped)
    parts.push(make('p', {class: 'quiet'}, play.conversation_dropped +
      ' more lines were not kept.'));
  return make('div', {class: 'scroll', tabindex: '0', role: 'region',
    'aria-label': 'Sequence diagram'}, ...parts);
}

// What was found stands where it was seen, behind what was said by then.
function inOrder(play) {
  const marks = [...(play.warnings || []).map(one => ({...one, mild: true})),
    ...(play.finding && play.finding.message ? [play.finding] : [])];
  const all = [];
  for (const said of play.conversation) {
    while (marks.length && marks[0].time_ns < said.time_ns)
      all.push(marks.shift());
    all.push(said);
  }
  return [...all, ...marks];
}

function time(one) {
  return make('time', {}, (one.time_ns / 1e6).toFixed(1) + ' ms');
}

function mark(finding, clients) {
  const text = make('span', {class: 'event mark ' +
    (finding.mild ? 'warn' : 'fail')}, make('span', {class: 'who'},
    finding.client), (finding.mild ? '! ' : '✗ ') + finding.message);
  text.style.gridColumn = '2 / ' + (clients.length + 3);
  return make('li', {}, time(finding), text);
}

function line(said, clients) {
  const lane = clients.indexOf(said.client) + 2;
  const end = clients.length + 3;
  const moves = said.kind === 'sent' || said.kind === 'received';
  const item = make('li', {}, time(said));
  const words = {sent: said.client + ' sends ', received: said.client +
    ' receives ', ours: said.client + ': ', sign: said.client + ': ',
  opened: said.client + ': ', ended: said.client + ': ', note: ''};
  const text = make('span', {class: moves ? 'arrow ' + (said.kind === 'sent'
    ? 'to-broker' : 'to-client') : 'event',
  'aria-label': words[said.kind] + said.text, role: 'note'},
  make('span', {class: 'who', 'aria-hidden': 'true'}, moves
    ? said.client + (said.kind === 'sent' ? ' → broker' : ' ← broker')
    : said.client), said.text || said.kind);
  text.style.gridColumn = moves ? lane + ' / ' + end : String(lane);
  text.style.setProperty('--span', end - lane);
  item.append(text);
  if (said.hex)
    item.append(make('details', {}, make('summary', {}, said.size + ' bytes'),
      make('code', {}, said.hex.replace(/../g, '$& '))));
  return item;
}

// ---- begin ---------------------------------------------------------------

document.getElementById('tool').textContent = 'mqttspec ' +
  [...new Set(runs.map(run => run.tool_version))].join(', ');
document.getElementById('summary').append(...runs.map(card));
document.title = 'MQTT conformance: ' + runs.map(brokerOf).join(', ');
fillFilters();
for (const element of document.querySelectorAll('[data-many]'))
  element.hidden = runs.length < 2;
makeTabs();
readState();
draw();
for (const event of ['input', 'change'])
  form.addEventListener(event, () => {
    for (const key of KEYS) state[key] = readControl(key);
    draw();
  });
form.addEventListener('submit', event => event.preventDefault());
form.addEventListener('reset', () => choose(
  Object.fromEntries(KEYS.map(key => [key, '']))));
window.addEventListener('hashchange', () => {
  readState();
  draw();
});
