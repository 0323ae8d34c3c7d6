/** Words that the simulated company is made of. */
export const regions = ['华东', '华南', '华北', '西南'];
export const surnames = [
  '王',
  '李',
  '张',
  '刘',
  '陈',
  '杨',
  '赵',
  '黄',
  '周',
  '吴',
  '徐',
  '孙',
  '胡',
  '朱',
  '高',
  '林',
];
export const givenNames = [
  '伟',
  '芳',
  '娜',
  '敏',
  '静',
  '丽',
  '强',
  '磊',
  '军',
  '洋',
  '勇',
  '艳',
  '杰',
  '娟',
  '涛',
  '明',
  '超',
  '秀英',
];
export const cities = ['上海', '苏州', '杭州', '广州', '深圳', '厦门', '北京', '天津', '济南', '成都', '重庆', '昆明'];
export const trades = ['机电', '医疗器械', '软件', '物流', '建材', '食品', '纺织', '新能源', '教育科技', '化工'];
export const scales = ['1-50', '51-200', '201-1000', '1000+'];
export const sources = ['website', 'exhibition', 'referral', 'social media', 'cold call', 'partner'];
export const products = ['生产线改造', '设备采购', '年度维保', '仓储系统', '质检系统', '数据平台'];
export const positions = ['总经理', '采购经理', '技术总监', '财务主管'];
export const creditGrades = ['A', 'B', 'C'];
export const lossReasons = [
  'price too high',
  'lost to a competitor',
  'no budget',
  'project cancelled',
  'no answer any more',
];
export const badLeadReasons = ['no budget', 'wrong number', 'student project', 'competitor'];
export const visitResults = ['interested', 'wants a quotation', 'undecided', 'not the right person'];
export const stages = ['NeedsConfirmed', 'Proposal', 'Negotiation'];
